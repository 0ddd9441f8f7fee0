from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.journeys"
    label = "journeys"

from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.look"
    label = "look"

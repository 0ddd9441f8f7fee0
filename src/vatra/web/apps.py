from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.web"
    label = "web"

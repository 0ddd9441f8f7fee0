from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.foundation.catalogue"
    label = "catalogue"

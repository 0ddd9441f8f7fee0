from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.foundation.audit"
    label = "audit"

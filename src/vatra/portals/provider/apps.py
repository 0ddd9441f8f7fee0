from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.portals.provider"
    label = "portal_provider"

from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.portals.desk"
    label = "portal_desk"

from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.portals.public"
    label = "portal_public"

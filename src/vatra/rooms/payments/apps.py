from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.payments"
    label = "payments"

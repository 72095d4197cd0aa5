"""Django's view of this app."""

from django.apps import AppConfig


class FlowsConfig(AppConfig):
    """業務の流れ"""

    name = "saleor_ext.flows"
    label = "flows"

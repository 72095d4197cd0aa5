"""Addresses for machines: the GraphQL API, and the hooks of shop and payment provider."""

from django.urls import include, path

from saleor_ext.api import view

urlpatterns = [
    path("graphql/", view.graphql_view, name="graphql"),
    path("", include("saleor_ext.api.urls_hooks")),
]

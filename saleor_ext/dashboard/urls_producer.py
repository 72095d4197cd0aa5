"""The producer's addresses, under /producer/."""

from django.urls import path

from saleor_ext.dashboard.views import alternates, producer, producer_papers

app_name = "producer"

urlpatterns = [
    path("", producer.parcel_list, name="list"),
    path("print/", producer_papers.print_list, name="print"),
    path("alternates/", alternates.producer_alternates, name="alternates"),
    path("alternates/propose/", alternates.producer_propose, name="alternates_propose"),
    path(
        "alternates/<int:alternate_id>/withdraw/",
        alternates.producer_withdraw,
        name="alternates_withdraw",
    ),
    path("parcels.csv", producer_papers.parcels_csv, name="csv"),
    path("parcels/<str:key>/", producer.parcel, name="parcel"),
    path("parcels/<str:key>/ready/", producer.parcel_ready, name="parcel_ready"),
    path("parcels/<str:key>/unready/", producer.parcel_unready, name="parcel_unready"),
    path("parcels/<str:key>/number/", producer.parcel_number, name="parcel_number"),
    path("parcels/<str:key>/ship/", producer.parcel_ship, name="parcel_ship"),
]

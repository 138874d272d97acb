from django.urls import include, path

from patients.views import finder, profile, reach, registration

app_name = "patients"

one = [
    path("", profile.profile, name="profile"),
    path("visits/", profile.visits, name="visits"),
    path("details/", profile.details, name="details"),
    path("change/", profile.change, name="change"),
    path("elsewhere/", finder.elsewhere, name="elsewhere"),
    path("bring-here/", finder.bring_here, name="bring-here"),
    path("mini/", finder.mini, name="mini"),
    path("contacts/new/", reach.add_contact, name="contact-add"),
    path("addresses/new/", reach.move, name="address-add"),
    path("related/new/", reach.add_related, name="related-add"),
]

urlpatterns = [
    path("", finder.finder, name="finder"),
    path("suggest/", finder.suggest, name="suggest"),
    path("new/", registration.register, name="register"),
    path("new/quick/", registration.quick, name="quick"),
    path("new/duplicates/", registration.duplicates, name="duplicates"),
    path("contacts/<uuid:contact_id>/", reach.change_contact, name="contact"),
    path("contacts/<uuid:contact_id>/remove/", reach.remove_contact, name="contact-remove"),
    path("addresses/<uuid:address_id>/", reach.change_address, name="address"),
    path("addresses/<uuid:address_id>/end/", reach.end_address, name="address-end"),
    path("related/<uuid:person_id>/", reach.change_related, name="related"),
    path("related/<uuid:person_id>/remove/", reach.remove_related, name="related-remove"),
    path("<uuid:patient_id>/", include(one)),
]

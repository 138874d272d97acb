from django.urls import path

from desk.views import documents, filing, folders

urlpatterns = [
    path("documents/", documents.documents, name="documents"),
    path("documents/search/", documents.search, name="search_documents"),
    path("documents/add/", filing.add, name="add_documents"),
    path("documents/about/", documents.find_subject, name="find_document_subject"),
    path("documents/folders/add/", folders.add, name="add_folder"),
    path("documents/folders/<uuid:folder_id>/", documents.folder, name="folder"),
    path("documents/folders/<uuid:folder_id>/change/", folders.change, name="change_folder"),
    path("documents/folders/<uuid:folder_id>/share/", folders.share, name="share_folder"),
    path("documents/<uuid:document_id>/", documents.document, name="document"),
    path("documents/<uuid:document_id>/change/", filing.change, name="change_document"),
    path("documents/<uuid:document_id>/version/", filing.add_version, name="add_version"),
    path("documents/<uuid:document_id>/archive/", filing.archive, name="archive_document"),
    path("documents/<uuid:document_id>/restore/", filing.restore, name="restore_document"),
    path("documents/<uuid:document_id>/retention/", filing.retention, name="set_retention"),
    path("documents/<uuid:document_id>/hold/", filing.hold, name="place_hold"),
    path("documents/<uuid:document_id>/lift/", filing.lift, name="lift_hold"),
    path("documents/<uuid:document_id>/<int:number>/", documents.download, name="download"),
    path(
        "documents/<uuid:document_id>/<int:number>/<int:leaf>/", documents.picture, name="picture"
    ),
]

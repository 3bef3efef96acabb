"""The pages. A fragment's address ends in what it shows and is asked for by its own root only."""

from django.urls import path

from dashboard.views import documents, held, knowledge, overview, providers, runs, session, syncing

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("situation/", overview.situation, name="situation"),
    path("login/", session.sign_in, name="login"),
    path("logout/", session.sign_out, name="logout"),
    path("providers/", providers.providers, name="providers"),
    path("providers/new/", providers.provider_new, name="provider-new"),
    path("providers/<slug:provider_id>/", syncing.provider, name="provider"),
    path("providers/<slug:provider_id>/live/", syncing.provider_live, name="provider-live"),
    path("providers/<slug:provider_id>/row/", syncing.provider_row, name="provider-row"),
    path("providers/<slug:provider_id>/sync/", syncing.sync_now, name="sync-now"),
    path("providers/<slug:provider_id>/enabled/", providers.provider_enabled, name="provider-enabled"),
    path("providers/<slug:provider_id>/edit/", providers.provider_edit, name="provider-edit"),
    path("providers/<slug:provider_id>/delete/", providers.provider_delete, name="provider-delete"),
    path("schedule-preview/", providers.schedule_preview, name="schedule-preview"),
    path("runs/<uuid:run_id>/", runs.run, name="run"),
    path("runs/<uuid:run_id>/live/", runs.run_live, name="run-live"),
    path("runs/<uuid:run_id>/cancel/", syncing.run_cancel, name="run-cancel"),
    path("held/", held.held, name="held"),
    path("held/<uuid:held_id>/", held.held_deletion, name="held-deletion"),
    path("held/<uuid:held_id>/decide/", held.held_decide, name="held-decide"),
    path("knowledge/", knowledge.knowledge, name="knowledge"),
    path("knowledge/trash/", documents.trash, name="trash"),
    path("knowledge/document/", documents.document, name="document-by-id"),
    path("knowledge/delete/", documents.document_delete, name="document-delete"),
    path("knowledge/restore/", documents.document_restore, name="document-restore"),
    path("knowledge/<str:source>/<path:key>/", documents.document, name="document"),
]

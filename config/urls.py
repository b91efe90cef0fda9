"""Where everything is.

The API stands under ``/api/v1`` and, the same views as the unversioned latest, under ``/api``.
"""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from apps.accounts.views import admin_sign_in, sign_out

API = [
    path("", include("apps.core.http.urls")),
    path("", include("apps.core.api.urls")),
    path("", include("apps.accounts.api.urls")),
    path("", include("apps.questionbank.api.urls")),
    path("", include("apps.exams.api.urls")),
]

urlpatterns = [
    path("api/v1/", include(API)),
    path("api/", include((API, "latest"))),
    path("", include("apps.core.urls_root")),
    path("", include("apps.core.urls")),
    path("", include("apps.accounts.urls")),
    path("", include("apps.questionbank.urls")),
    path("", include("apps.exams.urls")),
    # the console signs in and out by our own pages
    path("admin/login/", admin_sign_in),
    path("admin/logout/", sign_out),
    path("admin/password_change/", RedirectView.as_view(pattern_name="accounts:account")),
    path("admin/", admin.site.urls),
]

handler400 = "apps.core.http.handlers.bad_request"
handler403 = "apps.core.http.handlers.permission_denied"
handler404 = "apps.core.http.handlers.page_not_found"
handler500 = "apps.core.http.handlers.server_error"

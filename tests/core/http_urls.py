"""The site's addresses and some more, whose views fail in every way a view can."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, OperationalError
from django.http import Http404, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST
from rest_framework import exceptions as rest
from rest_framework import serializers
from rest_framework.views import APIView as PlainAPIView

from apps.accounts.models import Organization
from apps.core import errors
from apps.core.http.conditional import check_if_match, etag_of
from apps.core.http.envelope import ok
from apps.core.http.pagination import Filter, Listing
from apps.core.http.permissions import PublicAccess
from apps.core.http.serializers import Input, read_body
from apps.core.http.views import APIView
from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class Broken(Exception):
    """A mistake of ours."""


FAILURES = {
    "lectern": lambda: errors.WrongState("The exam is over.", code="exam_over", details={"closed_at": "noon"}),
    "rest-validation": lambda: rest.ValidationError({"answers": [{}, {"id": ["Wrong."]}], "name": ["Empty."]}),
    "rest-list": lambda: rest.ValidationError(["All of it is wrong."]),
    "rest-denied": lambda: rest.PermissionDenied("secret reason"),
    "rest-throttled": lambda: rest.Throttled(wait=12),
    "django-404": lambda: Http404("No Organization matches the given query."),
    "django-denied": lambda: PermissionDenied("secret reason"),
    "django-validation": lambda: DjangoValidationError({"email": ["Taken."], "__all__": ["Odd."]}),
    "suspicious": lambda: SuspiciousOperation("secret reason"),
    "data": lambda: DataError('value "999" of SELECT secret is out of range'),
    "database-away": lambda: OperationalError("connection to server at 10.0.0.1 failed, SELECT secret"),
    "ours": lambda: Broken("secret reason"),
}


class Failing(APIView):
    """Raises what its address says."""

    permission_classes = [PublicAccess]

    def get(self, request, kind):
        raise FAILURES[kind]()


class Unnamed(PlainAPIView):
    """Names no permission."""

    def get(self, request):
        return ok()


class Twice(APIView):
    """Breaks a constraint."""

    permission_classes = [PublicAccess]

    def post(self, request):
        for _number in range(2):
            Organization.objects.create(name="Twice", slug="twice")
        return ok()


class NameIn(Input):
    """A name and a number."""

    name = serializers.CharField(max_length=5)
    count = serializers.IntegerField(required=False)


class Names(APIView):
    """Takes a name; its one row has versions."""

    permission_classes = [PublicAccess]
    query = {"wide": serializers.BooleanField(required=False)}

    def get(self, request):
        return ok(self.parameters(), headers={"ETag": etag_of("row", 3)})

    def post(self, request):
        return ok(read_body(NameIn, request))

    def patch(self, request):
        check_if_match(request, etag_of("row", 3))
        return ok()


class OrganizationOut(serializers.Serializer):
    """A name."""

    name = serializers.CharField()


class Organizations(APIView):
    """Everybody's list."""

    permission_classes = [PublicAccess]
    listing = Listing(
        out=OrganizationOut,
        sort={"name": "name", "created_at": "created_at", "tier": "tier"},
        default_sort="name",
        filters={
            "tier": Filter(field=serializers.ChoiceField(["startup", "business"], required=False), lookup="tier"),
        },
        cursor=True,
    )

    def get(self, request):
        return self.listing.answer(request, Organization.objects.all())


class Bare(APIView):
    """Returns data outside the envelope."""

    permission_classes = [PublicAccess]

    def get(self, request):
        from rest_framework.response import Response

        return Response({"plain": True})


def failing_page(request, kind):
    """Raise what the address says, as a page."""
    raise FAILURES[kind]()


@require_POST
@csrf_protect
def form(request):
    """Take a form."""
    return HttpResponse("taken")


urlpatterns = [
    *site,
    path("api/v1/trial/fail/<str:kind>", Failing.as_view()),
    path("api/v1/trial/plain/<str:kind>", failing_page),
    path("api/v1/trial/form", form),
    path("api/v1/trial/unnamed", Unnamed.as_view()),
    path("api/v1/trial/twice", Twice.as_view()),
    path("api/v1/trial/names", Names.as_view()),
    path("api/v1/trial/organizations", Organizations.as_view()),
    path("api/v1/trial/bare", Bare.as_view()),
    path("trial/fail/<str:kind>", failing_page),
    path("trial/form", form),
]

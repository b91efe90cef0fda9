"""The product's addresses, and the yardstick: the least a durable write over HTTP can be."""

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def bare_insert(request: HttpRequest) -> JsonResponse:
    """Write the body into a table, durably, and say so. No caller, no limits, no rules."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_bare (payload) VALUES (%s::jsonb)", [request.body.decode()])
    return JsonResponse({"ok": True})


urlpatterns = [path("bench/bare", bare_insert), path("", include("config.urls"))]

# One image for every process; what a container does is its command. Build: docker build -t lectern .
FROM python:3.12-slim-bookworm AS build
WORKDIR /lectern
COPY requirements/prod.txt requirements/prod.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/prod.txt

FROM python:3.12-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/lectern lectern
COPY --from=build /venv /venv
WORKDIR /lectern
COPY . .
ENV PATH="/venv/bin:$PATH" PYTHONUNBUFFERED=1 ENVIRONMENT=production LECTERN_VAR=/var/lib/lectern LECTERN_HOST=0.0.0.0
USER lectern
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["python", "-m", "apps.core.supervisor"]

# Web, worker and beat are this one image with different commands; docker-compose.yml names them.

FROM python:3.12-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.txt requirements-nodeps.txt requirements-qdrant.txt requirements-ocr.txt requirements-otel.txt requirements-sources.txt ./
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps \
    -r requirements.txt -r requirements-nodeps.txt -r requirements-qdrant.txt -r requirements-ocr.txt \
    -r requirements-otel.txt -r requirements-sources.txt
COPY sdk sdk
COPY sources sources
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps ./sdk ./sources

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=config.settings LARDER_DATA_DIR=/data LARDER_PULSE_DIR=/tmp/larder SEARCH_INDEX_DIR=/tmp/larder-index
ENV MALLOC_MMAP_THRESHOLD_=4194304 MALLOC_TRIM_THRESHOLD_=8388608
RUN useradd --system --create-home --uid 10001 larder && install -d -o larder -g larder -m 700 /data
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
RUN python manage.py collectstatic --noinput --verbosity 0
USER larder
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2.5)"]
CMD ["sh", "-c", "exec python -m config.web.serve --host 0.0.0.0 --port 8000 \
     --workers ${WEB_WORKERS:-$(($(nproc) < 4 ? $(nproc) : 4))} \
     --blocking-threads 256 --backpressure 4096 --no-ws --http 1 --log-level error --workers-kill-timeout 10"]

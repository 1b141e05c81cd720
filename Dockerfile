# To pin the base to a digest: docker build --build-arg BASE=python:3.13-slim@sha256:...
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /app
COPY requirements.txt ./
# Wheels only: the image has no compiler, and a source package could run anything while it builds.
RUN python -m venv --without-pip /opt/venv \
    && python -m pip --disable-pip-version-check --no-cache-dir --python /opt/venv/bin/python \
       install --only-binary=:all: --no-compile -r requirements.txt
COPY LICENSE ./
COPY service service
# Compiled once here, the packs too, and their examples checked: the user that runs the service cannot write.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/venv/lib service \
    && /opt/venv/bin/python -m service rules > /dev/null

FROM ${BASE}
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin afterword
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:%s/health' % os.environ['PORT'], timeout=4)"]
CMD ["python", "-m", "gunicorn", "-c", "python:service.gunicorn_conf", "service.app:create_app()"]

# The base is pinned to a minor version, so that a rebuild brings its security updates. For builds that can be repeated to
# the byte, pin it to a digest:
#   docker build --build-arg BASE=python:3.13-slim@sha256:... .
# (`docker buildx imagetools inspect python:3.13-slim` tells it; it stands for all architectures.)
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /app
COPY requirements.txt ./
# Wheels only: the image has no compiler, and a source package could run anything while it builds. Every wheel must have a
# hash that stands in requirements.txt. What is installed stays readable to scanners: no metadata is thrown away. The test
# suites that packages bring along go, 17 MB of them numpy's.
RUN python -m venv --without-pip /opt/venv \
    && python -m pip --disable-pip-version-check --no-cache-dir --python /opt/venv/bin/python \
       install --require-hashes --only-binary=:all: --no-compile -r requirements.txt \
    && find /opt/venv/lib -type d -name tests -prune -exec rm -rf {} +
COPY LICENSE ./
COPY service service
# Compiled once here, the packs too, and their examples checked: the user that runs the service cannot write.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/venv/lib service \
    && /opt/venv/bin/python -m service rules > /dev/null

FROM ${BASE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Afterword" \
    org.opencontainers.image.description="Finds where an article ends" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
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
# Drains: /ready says 503 for AFTERWORD_DRAIN_SECONDS, then what has begun is finished. Give `docker stop` the time for both:
# AFTERWORD_GRACE_SECONDS on top.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-m", "service.probe"]
CMD ["python", "-m", "gunicorn", "-c", "python:service.gunicorn_conf", "service.app:create_app()"]

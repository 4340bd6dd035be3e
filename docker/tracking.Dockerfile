# MLflow's server for a team, without the kit: make tracking. What it holds lies in two volumes.
ARG BASE=python:3.11-slim-bookworm

FROM $BASE AS dependencies
ARG BASE
RUN case $BASE in *@sha256:*) ;; *) echo "$BASE is not pinned to a digest: make pin, make tracking" >&2 ;; esac
# For pip on this machine only, such as "--extra-index-url URL"; this stage is not part of the image, nor of its history.
ARG PIP_ARGS=""
COPY locks/tracking.txt /lock.txt
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --require-hashes $PIP_ARGS -r /lock.txt

FROM $BASE
COPY --from=dependencies /opt/venv /opt/venv
RUN mkdir /artifacts && chown 1000:1000 /artifacts
ENV PATH=/opt/venv/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 MLFLOW_DISABLE_TELEMETRY=true
USER 1000:1000
HEALTHCHECK --interval=10s --timeout=5s --start-period=2m \
  CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:5000/health', timeout=4)"]
ENTRYPOINT ["mlflow", "server", "--host=0.0.0.0", "--port=5000", "--workers=2", "--artifacts-destination=/artifacts"]
ARG BASE
LABEL org.opencontainers.image.base.name=$BASE

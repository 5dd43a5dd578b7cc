# One image for web, worker and beat; docker-compose.yml says which of them a container is.
FROM python:3.12-slim AS build
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements.txt

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    MEDIA_ROOT=/data/media MAIL_TEST_FOLDER=/data/outbox STATIC_ROOT=/app/staticfiles
# Both folders are in the image, so that a new volume below them belongs to the same account.
RUN useradd --system --uid 10001 --create-home mailsuite \
    && install -d -o mailsuite /data /data/media /data/outbox
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
# Only for this step: collectstatic reads the settings and keeps none of these.
RUN SECRET_KEY=build SECRETS_KEYS=build PUBLIC_URL=https://build.invalid \
    python -m django collectstatic --noinput --settings mailsuite.settings \
    && chown -R mailsuite /app/staticfiles
USER mailsuite
EXPOSE 8000
CMD ["gunicorn", "--config", "python:mailsuite.web_server", "mailsuite.wsgi", \
     "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "8"]

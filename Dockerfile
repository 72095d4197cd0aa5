# syntax=docker/dockerfile:1
# The salon: pages, API, worker and timetable are one image with different commands.
FROM python:3.12.13-slim-trixie AS python
ENV LANG=C.UTF-8 \
    PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

# Packages change seldom and code often: they are a layer of their own, made anew only when the
# requirements change. Every one is checked against its hash, none is built from source.
FROM python AS packages
ENV PIP_CACHE_DIR=/var/cache/pip \
    PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt /tmp/requirements.txt
RUN --mount=type=cache,target=/var/cache/pip \
    python -m venv /opt/venv \
    && pip install --require-hashes --only-binary :all: --requirement /tmp/requirements.txt \
    && python -m compileall -q -j 0 /opt/venv \
    && pip uninstall --yes pip

FROM python AS salon
RUN groupadd --system --gid 10001 salon \
    && useradd --system --uid 10001 --gid salon --no-create-home --shell /usr/sbin/nologin salon
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY manage.py ./
COPY plugins ./plugins
# The demo town and its loader; what only plays the shop and Stripe stays out (.dockerignore).
COPY fixtures ./fixtures
COPY storefront ./storefront
COPY saleor_ext ./saleor_ext
ENV DJANGO_SETTINGS_MODULE=saleor_ext.config.settings \
    FURUSATO_MODE=service \
    STATIC_ROOT=/app/static
# Settings are complete or refused, so the collecting of style sheets is given some that lead nowhere.
RUN APP_URL=http://build.invalid CELERY_BROKER_URL=redis://build.invalid/0 \
    DATABASE_URL=postgresql://build.invalid/build SALEOR_API_URL=http://build.invalid/graphql/ \
    SEALING_KEYS=only-while-the-image-is-being-built SECRET_KEY=only-while-the-image-is-being-built \
    STRIPE_PUBLISHABLE_KEY=none STRIPE_SECRET_KEY=none STRIPE_WEBHOOK_SECRET=none \
    python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q -j 0 /app
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["gunicorn", "--config", "python:saleor_ext.config.gunicorn", "saleor_ext.config.wsgi:application"]

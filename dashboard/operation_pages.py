"""The pages of whoever keeps it all running: jobs, system, models."""

from flask import Blueprint, render_template

from core.manifests import Task
from core.storage.jobs import get_job
from core.storage.model_versions import get_version, read_card
from core.storage.users import Role
from dashboard.access import identity, needs
from dashboard.audit import actor
from dashboard.model_cards import render_card
from dashboard.pages import ID, renew_cookie
from dashboard.services import services

blueprint = Blueprint("operation_pages", __name__)
blueprint.before_request(renew_cookie)


@blueprint.get("/jobs")
@needs(Role.OPERATOR)
def jobs() -> str:
    return render_template("jobs.html")


@blueprint.get("/jobs/<job_id>")
@needs(Role.OPERATOR)
def job(job_id: str) -> str:
    with services().database.read() as session:
        found = get_job(session, job_id, identity().scope, actor())
    return render_template("job.html", job_id=found.id)


@blueprint.get("/system")
@needs(Role.OPERATOR)
def system() -> str:
    return render_template("system.html")


@blueprint.get("/models")
@needs(Role.OPERATOR)
def models() -> str:
    return render_template("models.html", tasks=list(Task))


@blueprint.get(f"/models/<{ID}:model_id>")
@needs(Role.OPERATOR)
def model(model_id: int) -> str:
    with services().database.read() as session:
        version = get_version(session, model_id)
        card = render_card(read_card(session, model_id))
    return render_template("model.html", model=version, card=card)

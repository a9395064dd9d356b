"""People, keys, signing in, setup and the audit log over HTTP."""

from fastapi import APIRouter

from odin_engine.identity.routes import audit, doors, tokens, users

router = APIRouter()
for each in (doors, users, tokens, audit):
    router.include_router(each.router)

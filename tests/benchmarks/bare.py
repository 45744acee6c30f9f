"""The framework alone: takes a body, gives it back, knows nobody and decides nothing."""

from litestar import Litestar, Request, Response, post


@post("/", status_code=200)
async def echo(request: Request) -> Response[bytes]:
    """Return the body as it came."""
    return Response(await request.body(), media_type="application/json")


def create_app() -> Litestar:
    """Return the application that Granian serves."""
    return Litestar([echo], openapi_config=None, logging_config=None)

# SPDX-License-Identifier: Apache-2.0
"""What stands before every page: this machine's own names alone, no foreign post, and headers that keep pages shut.

A page of another site can make a browser on this machine send requests to the loopback, and by a name of its own that
it lets point to 127.0.0.1 even read the answers. So the name is looked at, then where a post comes from.
"""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES_MAX = 65_536
NAMES = ("127.0.0.1", "localhost", "[::1]")
SHUT: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=()",
}


def find_refusal(scope: Scope, port: int) -> tuple[int, str] | None:
    """Why a request is not answered, with its status; None if it may be."""
    headers = Headers(scope=scope)
    client = scope.get("client")
    if client is None or client[0] not in ("127.0.0.1", "::1"):
        return 403, "This page is for this machine alone."
    hosts = [f"{name}:{port}" for name in NAMES]
    if headers.get("host") not in hosts or len(headers.getlist("host")) != 1:
        return 421, f"This page has no such name. Open http://127.0.0.1:{port}/ on this machine."
    if scope["method"] not in ("GET", "HEAD", "POST"):
        return 405, "Pages are read, and forms are sent; nothing else is done here."
    if scope["method"] == "POST":
        return _find_post_refusal(headers)
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return 403, f"Another page led here. Open http://127.0.0.1:{port}/ by its address."
    return None


def _find_post_refusal(headers: Headers) -> tuple[int, str] | None:
    if headers.get("origin") != f"http://{headers['host']}":
        return 403, "This form came from another page. Nothing was done."
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return 403, "This form came from another site. Nothing was done."
    if headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        return 415, "This is no form of these pages. Nothing was done."
    if not headers.get("content-length", "").isdecimal() or int(headers["content-length"]) > BODY_BYTES_MAX:
        return 413, "This form is larger than any of these pages. Nothing was done."
    return None


class Guard:
    """Refuses before any page is asked, and shuts what is sent."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_shut(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SHUT.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = find_refusal(scope, self._port)
        if refusal is not None:
            status, text = refusal
            await PlainTextResponse(text + "\n", status)(scope, receive, send_shut)
            return
        await self._app(scope, receive, send_shut)

# SPDX-License-Identifier: Apache-2.0
"""A missing tool skips a test on a developer's machine, and fails it in CI."""

from collections.abc import Callable

import pytest

RequireTool = Callable[[str, str], str]


def test_a_tool_is_found_beside_python(require_tool: RequireTool) -> None:
    assert "pytest" in require_tool("pytest", "make test")


def test_a_missing_tool_skips_here(require_tool: RequireTool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THECAL_CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-tool is missing: build one"):
        require_tool("no-such-tool", "build one")


def test_a_missing_tool_fails_in_ci(require_tool: RequireTool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THECAL_CI", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-tool is missing: build one"):
        require_tool("no-such-tool", "build one")

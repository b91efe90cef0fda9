from apps.core.supervisor.options import SupervisorOptions

DEMO_NAMES = ("student", "teacher", "parent", "operator", "admin")
DEMO_DOMAIN = "demo.lectern.test"
DEMO_PASSWORD = "orchard-lantern-42"  # noqa: S105 - published with the demo school, which production refuses


def announcement(options: SupervisorOptions) -> str:
    """What a person needs to begin: the address, and how to sign in."""
    lines = ["", f"  Lectern is ready at {options.address}", ""]
    if options.wants_demo:
        lines.append(f"  Sign in as one of {', '.join(DEMO_NAMES)} @{DEMO_DOMAIN}")
        lines.append(f"  with the password {DEMO_PASSWORD}")
    else:
        lines.append(f"  The first administrator signs up at {options.address}/welcome")
    lines += ["", "  Ctrl-C stops everything.", ""]
    return "\n".join(lines)

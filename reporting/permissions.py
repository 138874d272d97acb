from kernel.permissions import PermissionEnum
from office.roles import Role


class Permission(PermissionEnum):
    """Key figures. Each figure asks for its own room's permission as well."""

    VIEW_FIGURES = (
        "reporting.view_figures",
        "See key figures and the rows behind them",
        {Role.MANAGER, Role.PHYSICIAN, Role.BILLER},
    )

from kernel.models.audit import AuditEvent, AuditPatrol, AuditSeal
from kernel.models.base import BaseModel, DataClass
from kernel.models.gates import GateSetting, GateVerdict
from kernel.models.heartbeat import Heartbeat
from kernel.models.idempotency import IdempotencyKey
from kernel.models.jobs import Job
from kernel.models.outbox import Delivery, OutboxEvent

__all__ = [
    "AuditEvent",
    "AuditPatrol",
    "AuditSeal",
    "BaseModel",
    "DataClass",
    "Delivery",
    "GateSetting",
    "GateVerdict",
    "Heartbeat",
    "IdempotencyKey",
    "Job",
    "OutboxEvent",
]

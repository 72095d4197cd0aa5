"""Which colour a state's badge has. The word is always there, too."""

MEMBERSHIP = {
    "active": "good",
    "paused": "quiet",
    "past_due": "warn",
    "cancelling": "quiet",
    "ended": "quiet",
    "parked": "bad",
    "draft": "quiet",
}
CYCLE = {
    "planned": "quiet",
    "locked": "calm",
    "charged": "good",
    "skipped": "quiet",
    "failed": "bad",
    "void": "quiet",
}
ATTEMPT = {
    "intent": "quiet",
    "unknown": "warn",
    "action_required": "warn",
    "succeeded": "good",
    "declined": "bad",
    "refunded": "quiet",
}
DISPUTE = {
    "inquiry": "warn",
    "open": "bad",
    "won": "good",
    "lost": "quiet",
    "dropped": "quiet",
}
PAYOUT = {
    "under_way": "calm",
    "paid": "good",
    "failed": "bad",
}
SHIPMENT = {
    "requested": "quiet",
    "preparing": "calm",
    "labelled": "calm",
    "shipped": "good",
    "delivered": "good",
    "absent": "warn",
    "returned": "bad",
    "held": "warn",
    "cancelled": "quiet",
    "substituted": "quiet",
}
RECEIPT = {
    "issued": "good",
    "withdrawn": "quiet",
}
PRINT = {
    "queued": "calm",
    "running": "calm",
    "finished": "good",
    "failed": "bad",
    "cleared": "quiet",
}
ONESTOP = {
    "wished": "quiet",
    "sent": "quiet",
    "received": "warn",
    "reviewing": "calm",
    "incomplete": "bad",
    "accepted": "good",
    "changed": "good",
    "notice_made": "calm",
    "noticed": "good",
    "notice_returned": "bad",
    "void": "quiet",
}
NOTICE = {
    "made": "warn",
    "sent": "good",
    "returned": "bad",
    "resent": "good",
    "done": "quiet",
    "replaced": "quiet",
}

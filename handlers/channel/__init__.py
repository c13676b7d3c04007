"""/channel: by which ways a class is reached, and the webhooks of its groups in WeCom."""

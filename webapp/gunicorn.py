"""How gunicorn runs the web process: one process, eight threads, no trace of search words in its log."""

worker_class = "gthread"
workers = 1  # the index is held unsealed in memory, once
threads = 8
timeout = 60
graceful_timeout = 10
keepalive = 30
max_requests = 20_000  # renewed now and then, so that memory cannot creep
max_requests_jitter = 1_000
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the heartbeat file holds nothing and must not wait for a disk
limit_request_line = 2048
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = "info"

package redistest

import "os"

// Windows cannot pause a process, and has no redis-server either.
var (
	stop = os.Kill
	cont = os.Kill
)

//go:build linux || darwin

package main

import "syscall"

// diskFree is how many bytes this user may still write where a folder is.
func diskFree(dir string) (bytes uint64, ok bool) {
	var at syscall.Statfs_t
	if err := syscall.Statfs(dir, &at); err != nil || at.Bsize < 0 {
		return 0, false
	}
	return at.Bavail * uint64(at.Bsize), true
}

//go:build !linux && !darwin

package main

// diskFree cannot tell on this system.
func diskFree(string) (bytes uint64, ok bool) { return 0, false }

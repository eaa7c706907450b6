package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// errorSharing is Windows' ERROR_SHARING_VIOLATION, which package syscall does not name.
const errorSharing = syscall.Errno(32)

// lockDir takes the folder for this process until unlock is called, or the process ends in any way. It returns ErrInUse
// when another holds it. Here a file that is shared with nobody is the lock.
func lockDir(dir string) (unlock func() error, err error) {
	name := filepath.Join(dir, "lock")
	path, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return nil, fmt.Errorf("lock the folder: %w", err)
	}
	h, err := syscall.CreateFile(path, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, errorSharing) {
		err = ErrInUse
	}
	if err != nil {
		return nil, fmt.Errorf("lock the folder: %w", err)
	}
	return os.NewFile(uintptr(h), name).Close, nil
}

// syncDir does nothing: Windows keeps names by itself.
func syncDir(string) error { return nil }

package server

import (
	"errors"
	"os"
	"syscall"
)

// sharingViolation is what the system answers when another process has the file.
const sharingViolation syscall.Errno = 32

// lockFile opens a file that nobody else can open until it is closed, also by the
// end of the process; errHeld when somebody else has it.
func lockFile(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS,
		syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, sharingViolation) {
		return nil, errHeld
	}
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(h), path), nil
}

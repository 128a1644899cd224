//go:build !windows

package wire

import "golang.org/x/sys/unix"

// freeSpace is how many bytes this user can still write in the file system of a folder.
func freeSpace(path string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil //nolint:gosec // a size is not negative
}

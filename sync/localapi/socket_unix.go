//go:build !windows

package localapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// Address is where the agent of a home folder listens: a socket in the user's
// runtime folder or, where there is none or its path leaves no room for a
// socket's, in a folder of the user's own among the temporary ones. Its name is
// a digest of the home.
func Address(home string) string {
	sum := sha256.Sum256([]byte(filepath.Clean(home)))
	name, own := hex.EncodeToString(sum[:8])+".sock", fmt.Sprintf("lockstep-%d", os.Getuid())
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		if at := filepath.Join(dir, "lockstep-"+name); len(at) < room {
			return at
		}
	}
	if at := filepath.Join(os.TempDir(), own, name); len(at) < room {
		return at
	}
	return filepath.Join("/tmp", own, name)
}

// room is how many bytes the system has for a socket's path and the zero
// after it: 108 on Linux (unix(7)), 104 on macOS.
const room = len(syscall.RawSockaddrUnix{}.Path)

// Listen opens the socket for this user alone. The caller holds the home's
// lock, so a socket that is there already was left by an agent that died.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	dir := filepath.Dir(address)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make runtime folder: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return nil, fmt.Errorf("look at runtime folder: %w", err)
	}
	if info.Mode().Perm()&0o022 != 0 || !ownedByUs(info) {
		return nil, fmt.Errorf("runtime folder %s is open to other users", dir)
	}
	if err := os.Remove(address); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove old socket: %w", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", address)
	if err != nil {
		return nil, fmt.Errorf("open socket: %w", err)
	}
	if err := os.Chmod(address, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("close socket to others: %w", err), l.Close())
	}
	return sameUser{l}, nil
}

// sameUser lets only processes of our own user in.
type sameUser struct{ net.Listener }

// Accept drops connections of other users.
func (l sameUser) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if peerIsUs(c) {
			return c, nil
		}
		_ = c.Close() // a stranger is owed no answer
	}
}

func dial(ctx context.Context, address string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "unix", address)
}

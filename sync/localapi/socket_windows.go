package localapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"path/filepath"
	"strings"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// Address is the named pipe of a home folder.
func Address(home string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(filepath.Clean(home))))
	return `\\.\pipe\lockstep-` + hex.EncodeToString(sum[:8])
}

// Listen opens the pipe with an access list that names this user alone.
func Listen(_ context.Context, address string) (net.Listener, error) {
	who, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, fmt.Errorf("find own user: %w", err)
	}
	l, err := winio.ListenPipe(address, &winio.PipeConfig{
		SecurityDescriptor: "D:P(A;;GA;;;" + who.User.Sid.String() + ")",
	})
	if err != nil {
		return nil, fmt.Errorf("open pipe: %w", err)
	}
	takeFirst(address)
	return l, nil
}

// takeFirst opens the pipe and lets go of it, once. The library makes a first
// end that only holds the name and that no caller shall ever reach: Windows
// keeps it disconnected, so that this fails there and nothing comes of it. Wine
// gives that end to the first caller, who would wait for an answer for ever.
func takeFirst(address string) {
	name, err := windows.UTF16PtrFromString(address)
	if err != nil {
		return
	}
	h, err := windows.CreateFile(name, windows.GENERIC_READ, 0, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		return
	}
	_ = windows.CloseHandle(h) // nothing was sent on it
}

func dial(ctx context.Context, address string) (net.Conn, error) {
	return winio.DialPipeContext(ctx, address)
}

package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/user"
	"strings"
	"time"

	"lockstep/sync/engine"
)

// installation is how this home signs its leases. Its name is made of the
// home's own key, so that nobody else's is the same, and of the machine and the
// folder, so that a copy on another PC is another installation.
func installation(home string, key []byte, lasts time.Duration) engine.Installation {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown PC"
	}
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte("installation\x00" + host + "\x00" + home)) // a hash never fails
	return engine.Installation{
		Home: hex.EncodeToString(mac.Sum(nil)[:16]), Holder: holder(host), Lasts: lasts,
	}
}

// holder is this PC and its user, for people of the office to read.
func holder(host string) string {
	name := ""
	if u, err := user.Current(); err == nil {
		name = u.Username[strings.LastIndexByte(u.Username, '\\')+1:] // Windows puts the domain before it
	}
	if name == "" {
		return host
	}
	return host + " (" + name + ")"
}

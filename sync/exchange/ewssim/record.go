package ewssim

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

// ourClient begins the User-Agent of the client whose requests have to follow
// the schemas; what others send is for them to mend.
const ourClient = "Lockstep"

// newRecorder writes each distinct envelope into a folder, under a name made of
// operation, version, origin and a hash of the content. The origin is "req" for
// a request of our client, "resp" for an answer, "peer" for a request of another
// client and "refused" for one of those that was answered as breaking the schema.
func newRecorder(dir string, log *slog.Logger) func(Exchange) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		log.Error("folder for envelopes was not made", "err", err)
	}
	return func(e Exchange) {
		if lacksValue(e.Response) {
			return
		}
		op := e.Op
		if op == "" {
			op = "unreadable"
		}
		from := "peer"
		switch {
		case strings.HasPrefix(e.Client, ourClient):
			from = "req"
		case bytes.Contains(e.Response, []byte(`"`+xmlnode.Errors+`">ErrorSchemaValidation`)),
			bytes.Contains(e.Response, []byte(`"`+xmlnode.Errors+`">ErrorInvalidServerVersion`)):
			from = "refused"
		}
		for way, doc := range map[string][]byte{from: e.Request, "resp": e.Response} {
			sum := sha256.Sum256(doc)
			name := filepath.Join(dir, filepath.Base(op)+"."+e.SchemaVersion+"."+way+"."+hex.EncodeToString(sum[:8])+".xml")
			f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			if errors.Is(err, fs.ErrExist) {
				continue
			}
			if err == nil {
				_, err = f.Write(doc)
				err = errors.Join(err, f.Close())
			}
			if err != nil {
				log.Error("envelope was not recorded", "op", op, "err", err)
			}
		}
	}
}

// lacksValue reports whether an answer shows an extended property whose value was
// taken away by BreakExt; no such answer validates.
func lacksValue(body []byte) bool { return bytes.Contains(body, []byte(`"/></t:ExtendedProperty>`)) }

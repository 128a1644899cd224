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

	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

// newRecorder writes each distinct envelope into a folder, under a name made of
// operation, version, direction and a hash of the content. The direction of a
// request that was refused for breaking the schema is "refused" in place of
// "req", so that whoever validates the folder can leave those out.
func newRecorder(dir string, log *slog.Logger) func(Exchange) {
	return func(e Exchange) {
		op := e.Op
		if op == "" {
			op = "unreadable"
		}
		in := "req"
		if bytes.Contains(e.Response, []byte("<e:ResponseCode xmlns:e=\""+xmlnode.Errors+"\">ErrorSchemaValidation")) {
			in = "refused"
		}
		for way, doc := range map[string][]byte{in: e.Request, "resp": e.Response} {
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

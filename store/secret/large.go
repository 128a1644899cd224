package secret

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/crypto/chacha20poly1305"
)

// maxEntry is how much of a secret goes into one entry of the system's keyring, in bytes. Windows takes 2,560
// (https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentialw), macOS some 3,000 in base64.
const maxEntry = 2048

// sealedFolder holds the secrets that are larger, one file each.
const sealedFolder = "sealed"

// An entry says in its first two characters what the rest is: the value itself, or the key and the name of a file.
const (
	tagValue = "v:"
	tagFile  = "f:"
)

// splitRing keeps a large secret in a sealed file of the home folder and only its key in the ring. A new value gets a
// new file, and the old file goes when the entry points to the new one: a crash in between leaves the old secret.
type splitRing struct {
	ring Keyring
	home string
	wait time.Duration // for the lock of another process
}

var _ Keyring = (*splitRing)(nil)

func (r *splitRing) Get(ctx context.Context, name string) (s Secret, err error) {
	err = locked(ctx, r.home, false, r.wait, func() error {
		entry, err := r.ring.Get(ctx, name)
		if err != nil {
			return err
		}
		s, err = r.resolve(name, entry.Reveal())
		return err
	})
	return s, err
}

// resolve turns an entry of the ring into the secret that it stands for.
func (r *splitRing) resolve(name, entry string) (Secret, error) {
	if value, ok := strings.CutPrefix(entry, tagValue); ok {
		return New(value), nil
	}
	key, file, err := parseFileEntry(entry)
	if err != nil {
		return Secret{}, fmt.Errorf("read secret %q: %w", name, err)
	}
	sealed, err := os.ReadFile(filepath.Join(r.home, sealedFolder, file))
	if errors.Is(err, os.ErrNotExist) {
		return Secret{}, fmt.Errorf("read secret %q: its file %s is gone; set the secret again: %w", name, file, ErrDamaged)
	}
	if err != nil {
		return Secret{}, fmt.Errorf("read secret %q: %w", name, err)
	}
	value, err := unseal(key, name, sealed)
	if err != nil {
		return Secret{}, fmt.Errorf("read secret %q: open its file %s; set the secret again: %w", name, file, err)
	}
	return New(value), nil
}

func (r *splitRing) Set(ctx context.Context, name string, s Secret) error {
	return locked(ctx, r.home, true, r.wait, func() error {
		entry, file := tagValue+s.Reveal(), ""
		if len(entry) > maxEntry {
			var err error
			if entry, file, err = r.writeSealed(name, s.Reveal()); err != nil {
				return fmt.Errorf("keep secret %q: %w", name, err)
			}
		}
		if err := r.ring.Set(ctx, name, New(entry)); err != nil {
			return err
		}
		r.removeFiles(name, file)
		return nil
	})
}

func (r *splitRing) Delete(ctx context.Context, name string) error {
	return locked(ctx, r.home, true, r.wait, func() error {
		if err := r.ring.Delete(ctx, name); err != nil {
			return err
		}
		r.removeFiles(name, "")
		return nil
	})
}

// writeSealed writes the value under a new key and gives the entry that opens it.
func (r *splitRing) writeSealed(name, value string) (entry, file string, err error) {
	key := make([]byte, chacha20poly1305.KeySize)
	id := make([]byte, 8)
	for _, b := range [][]byte{key, id} {
		if _, err := rand.Read(b); err != nil {
			return "", "", fmt.Errorf("make key: %w", err)
		}
	}
	sealed, err := seal(key, name, value)
	if err != nil {
		return "", "", err
	}
	dir := filepath.Join(r.home, sealedFolder)
	if err := os.MkdirAll(dir, privateDir); err != nil {
		return "", "", fmt.Errorf("make folder: %w", err)
	}
	file = filePrefix(name) + hex.EncodeToString(id)
	if err := writeFile(filepath.Join(dir, file), sealed); err != nil {
		return "", "", err
	}
	return tagFile + base64.StdEncoding.EncodeToString(key) + ":" + file, file, nil
}

// removeFiles removes all files of this name but one. They are of no use without the key of their entry, so that one
// which stays behind is litter and no danger.
func (r *splitRing) removeFiles(name, but string) {
	found, err := filepath.Glob(filepath.Join(r.home, sealedFolder, filePrefix(name)+"*"))
	if err != nil {
		return
	}
	for _, path := range found {
		if filepath.Base(path) != but {
			_ = os.Remove(path)
		}
	}
}

// filePrefix names the files of a secret without telling its name.
func filePrefix(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:8]) + "-"
}

// parseFileEntry reads an entry that names a file. It never leads out of the folder.
func parseFileEntry(entry string) (key []byte, file string, err error) {
	rest, isFile := strings.CutPrefix(entry, tagFile)
	encoded, file, found := strings.Cut(rest, ":")
	key, decodeErr := base64.StdEncoding.DecodeString(encoded)
	if !isFile || !found || decodeErr != nil || len(key) != chacha20poly1305.KeySize || strings.Trim(file, "0123456789abcdef-") != "" || file == "" {
		return nil, "", fmt.Errorf("read the entry of the keyring; set the secret again: %w", ErrDamaged)
	}
	return key, file, nil
}

// seal encrypts the value with XChaCha20-Poly1305, bound to its name; the nonce stands before it.
func seal(key []byte, name, value string) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("seal secret: %w", err)
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(value)+aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("seal secret: %w", err)
	}
	return aead.Seal(nonce, nonce, []byte(value), []byte(name)), nil
}

// unseal is the reverse of seal.
func unseal(key []byte, name string, sealed []byte) (string, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil || len(sealed) < aead.NonceSize() {
		return "", ErrDamaged
	}
	value, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(name))
	if err != nil {
		return "", ErrDamaged
	}
	return string(value), nil
}

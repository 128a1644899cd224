package secret

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// The file of secrets is text: a line with the format's name, its version and the SHA-256 of all that follows, then
// two age files in armour (https://age-encryption.org/v1). The first is an X25519 identity, encrypted to the
// passphrase; the second is the JSON of the entries, encrypted to that identity. The passphrase is stretched once per
// process and not once per change, and with the passphrase alone the standard age program opens both.
const (
	formatName    = "lockstep-secrets"
	formatVersion = "1"
	endOfArmour   = armor.Footer + "\n"
)

// The cost of a guess at the passphrase is 2^workFactor rounds of scrypt: 128 MiB of memory and some 0.4 s
// (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt). A file that asks for
// more than maxWorkFactor was not written here.
const (
	workFactor    = 17
	maxWorkFactor = 18
)

// container is the file of secrets, still closed.
type container struct {
	identity []byte // age, armoured, behind the passphrase
	entries  []byte // age, armoured, behind the identity
}

// entryMap is the JSON inside: values are base64 there, so that any bytes come back as they were.
type entryMap struct {
	Entries map[string][]byte `json:"entries"`
}

// encodeContainer writes the file's content.
func encodeContainer(c container) []byte {
	body := append(bytes.Clone(c.identity), c.entries...)
	sum := sha256.Sum256(body)
	head := fmt.Sprintf("%s %s %s\n", formatName, formatVersion, hex.EncodeToString(sum[:]))
	return append([]byte(head), body...)
}

// decodeContainer reads the file's content. The checksum tells damage from a wrong passphrase: it is no protection
// against someone who writes to the file on purpose, who gets no further than a refused passphrase.
func decodeContainer(content []byte) (container, error) {
	head, body, found := bytes.Cut(content, []byte("\n"))
	fields := strings.Fields(string(head))
	if !found || len(fields) < 2 || fields[0] != formatName || strings.Trim(fields[1], "0123456789") != "" {
		return container{}, fmt.Errorf("read the first line: %w", ErrDamaged)
	}
	if fields[1] != formatVersion {
		return container{}, fmt.Errorf("the file has format %.9s and this program knows %s: use the newer program that wrote it", fields[1], formatVersion)
	}
	sum := sha256.Sum256(body)
	if len(fields) != 3 || fields[2] != hex.EncodeToString(sum[:]) {
		return container{}, fmt.Errorf("compare the checksum: %w", ErrDamaged)
	}
	identity, entries, found := bytes.Cut(body, []byte(endOfArmour))
	if !found || !bytes.HasSuffix(entries, []byte(endOfArmour)) {
		return container{}, fmt.Errorf("find the two parts: %w", ErrDamaged)
	}
	return container{identity: append(bytes.Clone(identity), endOfArmour...), entries: entries}, nil
}

// sealIdentity puts the identity behind the passphrase.
func sealIdentity(id *age.X25519Identity, passphrase string, cost int) ([]byte, error) {
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, fmt.Errorf("use the passphrase: it is empty: %w", ErrPassphrase)
	}
	recipient.SetWorkFactor(cost)
	return encrypt([]byte(id.String()), recipient)
}

// openIdentity takes the identity out again. ErrPassphrase and ErrDamaged are told apart.
func openIdentity(block []byte, passphrase string) (*age.X25519Identity, error) {
	key, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, fmt.Errorf("use the passphrase: it is empty: %w", ErrPassphrase)
	}
	key.SetMaxWorkFactor(maxWorkFactor)
	text, err := decrypt(block, key)
	if err != nil {
		if wrong := (*age.NoIdentityMatchError)(nil); errors.As(err, &wrong) {
			return nil, fmt.Errorf("open the file of secrets: %w", ErrPassphrase)
		}
		return nil, err
	}
	id, err := age.ParseX25519Identity(string(text))
	if err != nil {
		return nil, fmt.Errorf("read the identity: %w", ErrDamaged) // age's error may quote the identity
	}
	return id, nil
}

// sealEntries puts the entries behind the identity.
func sealEntries(entries map[string][]byte, id *age.X25519Identity) ([]byte, error) {
	text, err := json.Marshal(entryMap{Entries: entries})
	if err != nil {
		return nil, fmt.Errorf("encode entries: %w", err)
	}
	return encrypt(text, id.Recipient())
}

// openEntries takes the entries out again.
func openEntries(block []byte, id *age.X25519Identity) (map[string][]byte, error) {
	text, err := decrypt(block, id)
	if err != nil {
		return nil, err
	}
	return decodeEntries(text)
}

// decodeEntries reads the decrypted JSON. Its errors never quote what was read.
func decodeEntries(text []byte) (map[string][]byte, error) {
	var m entryMap
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("decode entries: %w", ErrDamaged)
	}
	if m.Entries == nil {
		m.Entries = map[string][]byte{}
	}
	return m.Entries, nil
}

func encrypt(text []byte, to age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	armoured := armor.NewWriter(&out)
	w, err := age.Encrypt(armoured, to)
	if err != nil {
		return nil, fmt.Errorf("encrypt secrets: %w", err)
	}
	if _, err := w.Write(text); err != nil {
		return nil, fmt.Errorf("encrypt secrets: %w", err)
	}
	if err := errors.Join(w.Close(), armoured.Close()); err != nil {
		return nil, fmt.Errorf("encrypt secrets: %w", err)
	}
	return out.Bytes(), nil
}

// decrypt gives an age.NoIdentityMatchError when the key is not the right one, and ErrDamaged for everything else.
func decrypt(block []byte, key age.Identity) ([]byte, error) {
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(block)), key)
	if wrong := (*age.NoIdentityMatchError)(nil); errors.As(err, &wrong) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("decrypt secrets: %v: %w", err, ErrDamaged) //nolint:errorlint // what age says is for reading; callers decide by ErrDamaged
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("decrypt secrets: %v: %w", err, ErrDamaged) //nolint:errorlint // as above
	}
	return text, nil
}

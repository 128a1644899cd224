package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/state"
)

const settingsKey = "settings"

// Settings reads the office's settings; zero before the first save.
func (s *Store) Settings(ctx context.Context) (state.Settings, error) {
	var out state.Settings
	var body string
	err := s.read.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", settingsKey).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return out, nil
	}
	if err != nil {
		return out, readable(fmt.Errorf("load settings: %w", err))
	}
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		return out, fmt.Errorf("read settings: %w", err)
	}
	return out, nil
}

// SaveSettings replaces them.
func (s *Store) SaveSettings(ctx context.Context, v state.Settings) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	return s.exec(ctx, "store settings", `INSERT INTO meta (key, value) VALUES (?, ?)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, settingsKey, string(body))
}

func (s *Store) exec(ctx context.Context, what, q string, args ...any) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, q, args...); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	})
}

// People lists everybody, by address.
func (s *Store) People(ctx context.Context) ([]state.Person, error) {
	return bodies[state.Person](ctx, s, "SELECT body FROM people ORDER BY address, id")
}

// bodies reads a column of JSON values.
func bodies[T any](ctx context.Context, s *Store, q string) ([]T, error) {
	var out []T
	err := each(ctx, s.read, func(r *sql.Rows) error {
		var body string
		if err := r.Scan(&body); err != nil {
			return err
		}
		var v T
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			return err
		}
		out = append(out, v)
		return nil
	}, q)
	if err != nil {
		return nil, readable(fmt.Errorf("load from store: %w", err))
	}
	return out, nil
}

// SavePeople adds people and replaces those it has under the same ID.
func (s *Store) SavePeople(ctx context.Context, people []state.Person) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		for _, p := range people {
			body, err := json.Marshal(p)
			if err != nil {
				return fmt.Errorf("write person: %w", err)
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO people (id, address, body) VALUES (?, ?, ?)
				ON CONFLICT (id) DO UPDATE SET address = excluded.address, body = excluded.body`,
				p.ID, p.Addresses[event.Exchange], string(body))
			if err != nil {
				return fmt.Errorf("store person: %w", err)
			}
		}
		return nil
	})
}

// keptPreviews is how many previews can still be approved.
const keptPreviews = 20

// SavePreview keeps what a preview showed, and forgets the oldest ones.
func (s *Store) SavePreview(ctx context.Context, digest string, hashes map[event.PersonID][]string, at time.Time) error {
	body, err := json.Marshal(hashes)
	if err != nil {
		return fmt.Errorf("write preview: %w", err)
	}
	return s.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO previews (digest, at, hashes) VALUES (?, ?, ?)
			ON CONFLICT (digest) DO UPDATE SET at = excluded.at, hashes = excluded.hashes`, digest, unix(at), string(body))
		if err != nil {
			return fmt.Errorf("store preview: %w", err)
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM previews WHERE digest NOT IN
			(SELECT digest FROM previews ORDER BY at DESC, digest LIMIT ?)`, keptPreviews)
		return err
	})
}

// Preview is what a preview showed.
func (s *Store) Preview(ctx context.Context, digest string) (map[event.PersonID][]string, error) {
	var body string
	err := s.read.QueryRowContext(ctx, "SELECT hashes FROM previews WHERE digest = ?", digest).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, state.ErrUnknownPreview
	}
	if err != nil {
		return nil, readable(fmt.Errorf("load preview: %w", err))
	}
	var out map[event.PersonID][]string
	return out, json.Unmarshal([]byte(body), &out)
}

// FailedSignIns counts failures with this very secret.
func (s *Store) FailedSignIns(ctx context.Context, account, secret string) (n int, err error) {
	err = s.read.QueryRowContext(ctx, "SELECT coalesce(sum(failed), 0) FROM failures WHERE account = ? AND secret = ?", account, secret).Scan(&n)
	if err != nil {
		return 0, readable(fmt.Errorf("load sign-ins: %w", err))
	}
	return n, nil
}

// AddFailedSignIn counts one more.
func (s *Store) AddFailedSignIn(ctx context.Context, account, secret string, at time.Time) error {
	return s.exec(ctx, "store sign-in", `INSERT INTO failures (account, secret, failed, at) VALUES (?, ?, 1, ?)
		ON CONFLICT (account, secret) DO UPDATE SET failed = failed + 1, at = excluded.at`, account, secret, unix(at))
}

// ClearFailedSignIns forgets them all.
func (s *Store) ClearFailedSignIns(ctx context.Context, account string) error {
	return s.exec(ctx, "store sign-in", "DELETE FROM failures WHERE account = ?", account)
}

// Pulses lists the last one of each person.
func (s *Store) Pulses(ctx context.Context) ([]state.Pulse, error) {
	return bodies[state.Pulse](ctx, s, "SELECT body FROM pulses ORDER BY person")
}

// SavePulse replaces a person's.
func (s *Store) SavePulse(ctx context.Context, p state.Pulse) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write pulse: %w", err)
	}
	return s.exec(ctx, "store pulse", `INSERT INTO pulses (person, body) VALUES (?, ?)
		ON CONFLICT (person) DO UPDATE SET body = excluded.body`, p.Person, string(body))
}

// pauseKey is where the end of a pause is.
const pauseKey = "paused_until"

// PausedUntil is when the pause ends; zero: there is none.
func (s *Store) PausedUntil(ctx context.Context) (time.Time, error) {
	var text string
	err := s.read.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", pauseKey).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, readable(fmt.Errorf("load pause: %w", err))
	}
	until, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("read pause: %w", err)
	}
	return until, nil
}

// SavePause keeps the end of a pause; zero ends it.
func (s *Store) SavePause(ctx context.Context, until time.Time) error {
	if until.IsZero() {
		return s.exec(ctx, "store pause", "DELETE FROM meta WHERE key = ?", pauseKey)
	}
	return s.exec(ctx, "store pause", `INSERT INTO meta (key, value) VALUES (?, ?)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, pauseKey, until.UTC().Format(time.RFC3339))
}

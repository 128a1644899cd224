package ews

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
)

const (
	opGetUserConfiguration    = "GetUserConfiguration"
	opCreateUserConfiguration = "CreateUserConfiguration"
	opUpdateUserConfiguration = "UpdateUserConfiguration"
)

// UserConfigurationName names a configuration item: hidden in a folder, one per name.
type UserConfigurationName struct {
	Name   string // for example OWA.UserOptions
	Folder FolderRef
}

// DictionaryEntry is one entry of a configuration's dictionary. The types are the wire's names: String, Boolean, Integer32, DateTime…
type DictionaryEntry struct {
	Key       string
	ValueType string // String if empty
	Values    []string
}

// UserConfiguration is a configuration item. A nil part is absent on reading and left alone on writing.
type UserConfiguration struct {
	Name       UserConfigurationName
	ID         ItemID // on reading
	Dictionary []DictionaryEntry
	XML        []byte
	Binary     []byte
}

// Entry returns the first value of a dictionary entry.
func (u UserConfiguration) Entry(key string) (string, bool) {
	for _, d := range u.Dictionary {
		if d.Key == key && len(d.Values) > 0 {
			return d.Values[0], true
		}
	}
	return "", false
}

func (e *encoder) configurationName(prefix string, n UserConfigurationName) {
	if n.Name == "" {
		e.fail("name user configuration: the name is empty")
	}
	e.open(prefix+":UserConfigurationName", "Name", n.Name)
	e.folder(n.Folder)
	e.close(prefix + ":UserConfigurationName")
}

// GetUserConfiguration reads a configuration item with all its parts. Exchange 2010 and newer. One that does not exist is ClassItemNotFound.
func (m *Mailbox) GetUserConfiguration(ctx context.Context, name UserConfigurationName) (UserConfiguration, error) {
	a, err := m.call(ctx, operation{
		name: opGetUserConfiguration, perItem: true, inputs: 1, needs: FeatureUserConfiguration, hasNeeds: true,
		body: func(e *encoder) {
			e.open("m:GetUserConfiguration")
			e.configurationName("m", name)
			e.text("m:UserConfigurationProperties", "All")
			e.close("m:GetUserConfiguration")
		},
	})
	if err != nil {
		return UserConfiguration{}, err
	}
	if a.messages[0].err != nil {
		return UserConfiguration{}, a.messages[0].err
	}
	u, err := decodeUserConfiguration(a.messages[0].node.child("UserConfiguration"))
	if err != nil {
		return UserConfiguration{}, &Error{Op: opGetUserConfiguration, Class: ClassProtocol, HTTPStatus: 200, Sent: true, Err: err}
	}
	u.Name = name
	return u, nil
}

func decodeUserConfiguration(n *node) (UserConfiguration, error) {
	var u UserConfiguration
	if n == nil {
		return u, errors.New("read user configuration: the answer has none")
	}
	u.ID = decodeItemID(n.child("ItemId"))
	for _, part := range []struct {
		name string
		to   *[]byte
	}{{"XmlData", &u.XML}, {"BinaryData", &u.Binary}} {
		if k := n.child(part.name); k != nil {
			b, err := base64.StdEncoding.DecodeString(k.word())
			if err != nil {
				return u, fmt.Errorf("read user configuration: %s is not base64", part.name)
			}
			*part.to = b
		}
	}
	entries := n.child("Dictionary").all()
	for i := range entries {
		d := DictionaryEntry{Key: entries[i].path("DictionaryKey", "Value").str(), ValueType: entries[i].path("DictionaryValue", "Type").word()}
		values := entries[i].child("DictionaryValue").all()
		for j := range values {
			if values[j].name == "Value" {
				d.Values = append(d.Values, values[j].str())
			}
		}
		u.Dictionary = append(u.Dictionary, d)
	}
	return u, nil
}

// CreateUserConfiguration makes a new configuration item. Exchange 2010 and newer.
func (m *Mailbox) CreateUserConfiguration(ctx context.Context, u UserConfiguration) error {
	return m.writeConfiguration(ctx, opCreateUserConfiguration, u)
}

// UpdateUserConfiguration replaces the parts of a configuration item that are not nil. Exchange 2010 and newer. The server checks no change key.
func (m *Mailbox) UpdateUserConfiguration(ctx context.Context, u UserConfiguration) error {
	return m.writeConfiguration(ctx, opUpdateUserConfiguration, u)
}

func (m *Mailbox) writeConfiguration(ctx context.Context, op string, u UserConfiguration) error {
	a, err := m.call(ctx, operation{
		name: op, write: true, perItem: true, inputs: 1, needs: FeatureUserConfiguration, hasNeeds: true,
		body: func(e *encoder) {
			e.open("m:" + op)
			e.open("m:UserConfiguration")
			e.configurationName("t", u.Name)
			encodeConfigurationParts(e, u)
			e.close("m:UserConfiguration")
			e.close("m:" + op)
		},
	})
	if err != nil {
		return err
	}
	return a.errs()[0]
}

func encodeConfigurationParts(e *encoder, u UserConfiguration) {
	if u.Dictionary != nil {
		e.open("t:Dictionary")
		for _, d := range u.Dictionary {
			if len(d.Values) == 0 {
				e.fail("write user configuration: an entry has no value")
			}
			setDefault(&d.ValueType, "String")
			e.open("t:DictionaryEntry")
			e.open("t:DictionaryKey")
			e.text("t:Type", "String")
			e.text("t:Value", d.Key)
			e.close("t:DictionaryKey")
			e.open("t:DictionaryValue")
			e.text("t:Type", d.ValueType)
			for _, v := range d.Values {
				e.text("t:Value", v)
			}
			e.close("t:DictionaryValue")
			e.close("t:DictionaryEntry")
		}
		e.close("t:Dictionary")
	}
	if u.XML != nil {
		e.text("t:XmlData", base64.StdEncoding.EncodeToString(u.XML))
	}
	if u.Binary != nil {
		e.text("t:BinaryData", base64.StdEncoding.EncodeToString(u.Binary))
	}
}

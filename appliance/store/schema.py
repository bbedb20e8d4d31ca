"""The numbered migrations of both databases. A step that was released is never edited; a new one is added."""

BOX = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE users (
        id TEXT PRIMARY KEY,                  -- random, so never used again
        username TEXT NOT NULL,
        username_key TEXT NOT NULL UNIQUE,    -- NFKC, casefolded
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        language TEXT NOT NULL DEFAULT '',
        password_hash TEXT,                   -- NULL: none yet, a reset link is out
        disabled INTEGER NOT NULL DEFAULT 0,
        created INTEGER NOT NULL,
        receipts INTEGER NOT NULL DEFAULT 1   -- 0: others are not told what they have read
    );
    CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        user TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
        kind TEXT NOT NULL,                   -- cookie, bearer
        token_hash BLOB NOT NULL UNIQUE,
        refresh_hash BLOB UNIQUE,
        spent_hash BLOB,                      -- the refresh token before this one: its reuse ends the session
        created INTEGER NOT NULL,
        seen INTEGER NOT NULL,
        token_expires INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        client TEXT NOT NULL DEFAULT '',
        address TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX sessions_user ON sessions(user);
    CREATE TABLE links (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,                   -- reset
        user TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
        token_hash BLOB NOT NULL UNIQUE,
        expires INTEGER NOT NULL
    );
    CREATE TABLE decisions (                  -- what outlives every reset
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,                   -- erased, rejected_body, room_password, account_gone, ban
        subject TEXT NOT NULL,
        detail TEXT NOT NULL DEFAULT '{}',
        by TEXT NOT NULL,
        at INTEGER NOT NULL,
        UNIQUE (kind, subject)
    );
    CREATE TABLE intents (                    -- "reset now", durable before it is done
        id TEXT PRIMARY KEY,
        epoch TEXT NOT NULL,
        by TEXT NOT NULL,
        at INTEGER NOT NULL,
        used INTEGER
    );
    CREATE TABLE audit (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        actor TEXT NOT NULL,
        actor_name TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL DEFAULT '',
        detail TEXT NOT NULL DEFAULT '{}'
    );
    """,
)

CONTENT = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO meta VALUES ('ev', '0');
    CREATE TABLE rooms (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,                   -- public, private, group, direct
        name TEXT NOT NULL,
        owner TEXT,
        created INTEGER NOT NULL,
        head INTEGER NOT NULL DEFAULT 0,      -- the newest seq
        everyone INTEGER NOT NULL DEFAULT 0,  -- 1: every signed-in person is a member from the start
        pair TEXT UNIQUE,                     -- of a direct room: its two people, so that there is but one
        ephemeral INTEGER NOT NULL DEFAULT 0, -- 1: messages live in memory alone
        e2e INTEGER NOT NULL DEFAULT 0,
        code TEXT UNIQUE,                     -- who has it may come in
        password TEXT,                        -- a hash; NULL: the code is enough
        archived INTEGER NOT NULL DEFAULT 0,  -- 1: to be read only, and in no list
        announcement INTEGER NOT NULL DEFAULT 0, -- 1: moderators speak, everybody reads
        slow INTEGER NOT NULL DEFAULT 0       -- seconds between two messages of one person
    );
    INSERT INTO rooms (id, kind, name, created, everyone)
        VALUES ('r_general', 'public', 'General', unixepoch() * 1000, 1);
    CREATE TABLE members (
        room TEXT NOT NULL REFERENCES rooms(id) ON DELETE CASCADE,
        user TEXT NOT NULL,
        role TEXT NOT NULL DEFAULT 'member',  -- owner, moderator, member
        joined INTEGER NOT NULL,
        read INTEGER NOT NULL DEFAULT 0,
        delivered INTEGER NOT NULL DEFAULT 0,
        muted INTEGER NOT NULL DEFAULT 0,     -- until when
        PRIMARY KEY (room, user)
    ) WITHOUT ROWID;
    CREATE INDEX members_user ON members(user);
    CREATE TABLE guests (                     -- with their sessions; never part of a snapshot
        id TEXT PRIMARY KEY,
        room TEXT NOT NULL REFERENCES rooms(id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        session TEXT NOT NULL UNIQUE,
        token_hash BLOB NOT NULL UNIQUE,
        address TEXT NOT NULL,
        created INTEGER NOT NULL,
        expires INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE bans (                       -- the decisions of box.db, where rooms can see them
        room TEXT NOT NULL REFERENCES rooms(id) ON DELETE CASCADE,
        subject TEXT NOT NULL,                -- a user's id; of guests "@<network>" or "~<name>"
        name TEXT NOT NULL,
        until INTEGER,                        -- NULL: for good
        reason TEXT NOT NULL DEFAULT '',
        by_name TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (room, subject)
    ) WITHOUT ROWID;
    CREATE TABLE reports (                    -- stay when their room ends
        id TEXT PRIMARY KEY,
        room TEXT NOT NULL,
        room_name TEXT NOT NULL,
        user TEXT,                            -- who, or
        user_name TEXT,
        seq INTEGER,                          -- which message is meant
        reason TEXT NOT NULL,
        by TEXT NOT NULL,
        by_name TEXT NOT NULL,
        at INTEGER NOT NULL
    );
    CREATE TABLE messages (
        room TEXT NOT NULL REFERENCES rooms(id) ON DELETE CASCADE,
        seq INTEGER NOT NULL,
        id TEXT NOT NULL UNIQUE,
        ev INTEGER NOT NULL,                  -- of the last change: of two copies the one with more is newer
        sender TEXT NOT NULL,
        sender_name TEXT NOT NULL,
        cid TEXT NOT NULL,
        ts INTEGER NOT NULL,
        body TEXT NOT NULL,
        reply_to INTEGER,
        edited INTEGER,                       -- when, the last time
        deleted INTEGER,                      -- when; the text is gone, the place stays: seq has no holes
        restored INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (room, seq),
        UNIQUE (room, sender, cid)
    ) WITHOUT ROWID;
    CREATE TABLE reactions (
        room TEXT NOT NULL,
        seq INTEGER NOT NULL,
        emoji TEXT NOT NULL,
        user TEXT NOT NULL,
        ev INTEGER NOT NULL,                  -- the order in which they came
        PRIMARY KEY (room, seq, emoji, user),
        FOREIGN KEY (room, seq) REFERENCES messages(room, seq) ON DELETE CASCADE
    ) WITHOUT ROWID;
    CREATE TABLE mentions (
        room TEXT NOT NULL,
        seq INTEGER NOT NULL,
        user TEXT NOT NULL,
        PRIMARY KEY (room, seq, user),
        FOREIGN KEY (room, seq) REFERENCES messages(room, seq) ON DELETE CASCADE
    ) WITHOUT ROWID;
    CREATE INDEX mentions_user ON mentions(user, room, seq);
    -- The index of words is brought up to date when somebody searches, so that sending costs nothing for it.
    CREATE TABLE indexed (
        number INTEGER PRIMARY KEY,
        room TEXT NOT NULL,
        seq INTEGER NOT NULL,
        UNIQUE (room, seq)
    );
    CREATE INDEX messages_ev ON messages(ev);
    CREATE VIRTUAL TABLE words USING fts5(body, tokenize = "unicode61 remove_diacritics 2");
    CREATE TRIGGER messages_gone AFTER DELETE ON messages BEGIN
        DELETE FROM words WHERE rowid = (SELECT number FROM indexed WHERE room = old.room AND seq = old.seq);
        DELETE FROM indexed WHERE room = old.room AND seq = old.seq;
    END;
    CREATE TABLE files (
        id TEXT PRIMARY KEY,
        ev INTEGER NOT NULL,                  -- of its arrival: the order that no clock can spoil
        name TEXT NOT NULL,
        name_key TEXT NOT NULL,               -- casefolded, without accents: to find and to sort
        size INTEGER NOT NULL,
        type TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        state TEXT NOT NULL,                  -- receiving, quarantined, released, rejected
        scan TEXT NOT NULL,                   -- pending, clean, flagged, unscanned
        owner TEXT NOT NULL,
        owner_name TEXT NOT NULL,
        created INTEGER NOT NULL,
        width INTEGER,                        -- of pictures
        height INTEGER,
        keep INTEGER NOT NULL DEFAULT 0,
        reasons TEXT NOT NULL DEFAULT '[]',   -- what was found, as JSON: codes with parameters
        description TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX files_owner ON files(owner);
    CREATE INDEX files_sha256 ON files(sha256);
    CREATE INDEX files_pending ON files(ev) WHERE scan = 'pending';
    CREATE INDEX files_ev ON files(ev);
    CREATE TABLE uploads (                    -- tus: those that go on, and for a while those that are over
        id TEXT PRIMARY KEY,                  -- a secret: who knows it may go on
        owner TEXT NOT NULL,
        name TEXT NOT NULL,
        size INTEGER,                         -- NULL: not said yet
        metadata TEXT NOT NULL,
        concat TEXT NOT NULL,                 -- partial, final;..., or nothing
        file TEXT                             -- what became of it
    ) WITHOUT ROWID;
    CREATE TABLE message_files (
        message TEXT NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
        file TEXT NOT NULL,
        PRIMARY KEY (message, file)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE files ADD COLUMN folder TEXT NOT NULL DEFAULT '';   -- of the dropped folder, as `fotos/2024`
    ALTER TABLE files ADD COLUMN thumbnail TEXT;                    -- a body of its own, or NULL
    ALTER TABLE files ADD COLUMN thumbnail_size INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX files_thumbnail ON files(thumbnail) WHERE thumbnail IS NOT NULL;
    ALTER TABLE uploads ADD COLUMN folder TEXT NOT NULL DEFAULT '';
    CREATE VIEW bodies AS                     -- whatever of a file lies among the bodies
        SELECT sha256, size, name, state FROM files
        UNION ALL
        SELECT thumbnail, thumbnail_size, name, state FROM files WHERE thumbnail IS NOT NULL;
    CREATE TABLE stable_files (               -- those to which a boot would lead; never part of a snapshot
        id TEXT PRIMARY KEY,
        sha256 TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE files ADD COLUMN approved INTEGER;   -- of `keep`: 1 yes, 0 no, NULL not decided
    """,
    """
    ALTER TABLE rooms ADD COLUMN retention_days INTEGER;   -- 0: for ever; NULL: as the box does
    """,
    """
    ALTER TABLE files ADD COLUMN room TEXT;                         -- whose messages it came for
    CREATE INDEX files_room ON files(room) WHERE room IS NOT NULL;
    ALTER TABLE uploads ADD COLUMN room TEXT;
    ALTER TABLE members ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0; -- 1: one's own screens make no sound
    ALTER TABLE reports ADD COLUMN body TEXT;                       -- what was said, as it was reported
    """,
    """
    CREATE INDEX message_files_file ON message_files(file);   -- where it was said decides who may have it
    """,
)

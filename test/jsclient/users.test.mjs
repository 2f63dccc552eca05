// The official JavaScript client against a running server:
//
//   MUSTER_URL=http://127.0.0.1:8065 MUSTER_ADMIN=name MUSTER_ADMIN_PASSWORD=password npm test
//
// The server should be a throw-away one: the tests add accounts, change settings
// (and put them back) and end the sessions of everybody.

import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {after, before, describe, it} from 'node:test';

import {adminName, adminPassword, ask, expired, forbidden, newClient, password, refused, signedIn, unknownID} from './kit.mjs';

// A red picture of one pixel.
const picture = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==', 'base64');

const byName = (a, b) => (a.username < b.username ? -1 : 1);
const names = (users) => users.map((user) => user.username);

const admin = newClient();
let tag; // begins every name of this run
let boss; // the administrator
let amy; // an ordinary account, as the administrator sees it
let bob;
let asAmy; // the client amy uses

function fresh(name) {
    return {username: `${tag}${name}`, email: `${tag}${name}@example.com`, password};
}

before(async () => {
    tag = `js${randomBytes(5).toString('hex')}`;
    boss = await admin.login(adminName, adminPassword);
    amy = await admin.createUser({...fresh('amy'), first_name: 'Amy', nickname: `${tag}nick`});
    bob = await admin.createUser(fresh('bob'));
    asAmy = await signedIn(amy.username);
});

describe('signing in', () => {
    it('gives the account and a token that works', async () => {
        const client = newClient();
        const me = await client.login(amy.email, password);
        assert.equal(me.id, amy.id);
        assert.equal(client.getToken().length, 26);
        assert.equal((await client.getMe()).username, amy.username);
    });

    it('works with the id of the account', async () => {
        assert.equal((await newClient().loginById(amy.id, password)).id, amy.id);
    });

    it('refuses a wrong password and an unknown account alike', async () => {
        const wrong = [401, 'api.user.login.invalid_credentials_email_username'];
        await refused(newClient().login(bob.username, 'wrong-Passw0rd'), wrong);
        await refused(newClient().login(`${tag}nobody`, password), wrong);
    });

    it('ends with signing out', async () => {
        const client = await signedIn(amy.username);
        const token = client.getToken();
        assert.ok((await client.logout()).ok);
        assert.equal(client.getToken(), '');
        client.setToken(token);
        await refused(client.getMe(), expired);
    });
});

describe('accounts', () => {
    it('are created with defaults', async () => {
        assert.equal(amy.roles, 'system_user');
        assert.equal(amy.locale, 'en');
        assert.equal(amy.notify_props.desktop, 'mention');
        assert.equal(amy.delete_at, 0);
        assert.equal(amy.password ?? '', '');
    });

    it('refuse a name that is taken', async () => {
        await refused(admin.createUser({...fresh('amy'), email: `${tag}x@example.com`}), [400, 'app.user.save.username_exists.app_error']);
    });

    it('are found one by one', async () => {
        assert.equal((await asAmy.getMe()).id, amy.id);
        assert.equal((await admin.getUser(amy.id)).email, amy.email);
        assert.equal((await admin.getUserByUsername(amy.username)).id, amy.id);
        assert.equal((await admin.getUserByEmail(amy.email)).id, amy.id);
    });

    it('that do not exist are not found', async () => {
        await refused(admin.getUser(unknownID), [404, 'app.user.missing_account.const']);
        await refused(admin.getUserByUsername(`${tag}nobody`), [404, 'app.user.get_by_username.app_error']);
        await refused(admin.getUserByEmail(`${tag}nobody@example.com`), [404, 'app.user.missing_account.const']);
    });

    it('are updated as a whole', async () => {
        const changed = await asAmy.updateUser({...(await asAmy.getMe()), position: 'Captain'});
        assert.equal(changed.position, 'Captain');
        assert.equal(changed.nickname, `${tag}nick`);
        assert.ok(changed.update_at >= amy.update_at);
    });

    it('are patched', async () => {
        assert.equal((await admin.patchUser({id: amy.id, last_name: 'Miller'})).last_name, 'Miller');
        const me = await asAmy.patchMe({locale: 'de', notify_props: {desktop: 'all'}});
        assert.equal(me.locale, 'de');
        assert.equal(me.notify_props.desktop, 'all');
        assert.equal(me.last_name, 'Miller');
    });

    it('of others are not for everybody to patch', async () => {
        await refused(asAmy.patchUser({id: bob.id, nickname: 'Bobby'}), forbidden);
    });

    it('take other roles from an administrator only', async () => {
        await refused(asAmy.updateUserRoles(amy.id, 'system_user system_admin'), forbidden);
        await admin.updateUserRoles(bob.id, 'system_user system_admin');
        assert.equal((await admin.getUser(bob.id)).roles.split(' ').sort().join(' '), 'system_admin system_user');
        await admin.updateUserRoles(bob.id, 'system_user');
    });

    it('are deactivated and activated', async () => {
        const cat = await admin.createUser(fresh('cat'));
        const asCat = await signedIn(cat.username);
        await admin.updateUserActive(cat.id, false);
        assert.ok((await admin.getUser(cat.id)).delete_at > 0);
        await refused(asCat.getMe(), expired);
        await refused(newClient().login(cat.username, password), [401, 'api.user.login.inactive.app_error']);
        await admin.updateUserActive(cat.id, true);
        await signedIn(cat.username);
    });

    it('change their password', async () => {
        const dan = await admin.createUser(fresh('dan'));
        const asDan = await signedIn(dan.username);
        await refused(asDan.updateUserPassword(dan.id, 'wrong-Passw0rd', 'New-Passw0rd'), [400, 'api.user.update_password.incorrect.app_error']);
        await asDan.updateUserPassword(dan.id, password, 'New-Passw0rd');
        await signedIn(dan.username, 'New-Passw0rd');
        await refused(newClient().login(dan.username, password), [401, 'api.user.login.invalid_credentials_email_username']);
    });

    it('forget failed attempts when an administrator says so', async () => {
        await assert.rejects(newClient().login(bob.username, 'wrong-Passw0rd'));
        await admin.resetFailedAttempts(bob.id);
        assert.equal((await admin.getUser(bob.id)).failed_attempts ?? 0, 0);
        await refused(asAmy.resetFailedAttempts(bob.id), [403, 'api.user.reset_password_failed_attempts.permissions.app_error']);
    });

    it('have audits', async () => {
        const audits = await admin.getUserAudits(amy.id, 0, 20);
        assert.ok(audits.length > 0);
        assert.ok(audits.every((audit) => audit.user_id === amy.id && audit.create_at > 0));
    });
});

describe('lists of accounts', () => {
    it('come in pages', async () => {
        const [first] = await admin.getProfiles(0, 1);
        const [second] = await admin.getProfiles(1, 1);
        assert.notEqual(first.id, second.id);
    });

    it('are filtered', async () => {
        const eve = await admin.createUser(fresh('eve'));
        await admin.updateUserActive(eve.id, false);
        const inactive = await admin.getProfiles(0, 200, {inactive: true});
        assert.ok(inactive.every((user) => user.delete_at > 0));
        assert.ok(names(inactive).includes(eve.username));
        const active = await admin.getProfiles(0, 200, {active: true});
        assert.ok(active.every((user) => user.delete_at === 0));
        const admins = await admin.getProfiles(0, 200, {role: 'system_admin'});
        assert.ok(names(admins).includes(boss.username));
        assert.ok(!names(admins).includes(amy.username));
    });

    it('of those without a team hold everybody as long as there are no teams', async () => {
        assert.ok((await admin.getProfilesWithoutTeam(0, 200)).length > 0);
    });

    it('are asked for by ids and by names', async () => {
        const users = await asAmy.getProfilesByIds([amy.id, bob.id, unknownID]);
        assert.deepEqual(names(users.sort(byName)), [amy.username, bob.username]);
        const named = await asAmy.getProfilesByUsernames([bob.username, `${tag}nobody`]);
        assert.deepEqual(names(named), [bob.username]);
    });

    it('of those one talks to are empty without channels', async () => {
        assert.deepEqual(await asAmy.getProfilesInGroupChannels([unknownID]), {});
        assert.deepEqual(await ask(asAmy, 'get', '/users/known'), []);
    });

    it('are searched', async () => {
        assert.deepEqual(names(await asAmy.searchUsers(`${tag}a`, {limit: 10})), [amy.username]);
        assert.deepEqual(names(await asAmy.searchUsers(`${tag}nick`, {limit: 10})), [amy.username]);
        assert.deepEqual(await asAmy.searchUsers(`${tag}nobody`, {limit: 10}), []);
    });

    it('complete a name', async () => {
        const {users} = await asAmy.autocompleteUsers(`${tag}b`, '', '', {limit: 5});
        assert.deepEqual(names(users), [bob.username]);
    });

    it('are counted', async () => {
        const {total_users_count: total} = await asAmy.getTotalUsersStats();
        assert.ok(total >= 3);
        const all = await admin.getFilteredUsersStats({include_deleted: true});
        assert.ok(all.total_users_count >= total);
    });

    it('refuse a body that is no list', async () => {
        await assert.rejects(asAmy.getProfilesByIds({}), {status_code: 400});
    });
});

describe('profile pictures', () => {
    async function fetchPicture(address) {
        const response = await fetch(address, {headers: {Authorization: `Bearer ${asAmy.getToken()}`}});
        assert.equal(response.status, 200);
        assert.equal(response.headers.get('Content-Type'), 'image/png');
        return Buffer.from(await response.arrayBuffer());
    }

    it('are made by default, uploaded and removed', async () => {
        const standard = await fetchPicture(asAmy.getProfilePictureUrl(amy.id, 0));
        assert.ok(standard.equals(await fetchPicture(asAmy.getDefaultProfilePictureUrl(amy.id))));

        await asAmy.uploadProfileImage(amy.id, new File([picture], 'red.png', {type: 'image/png'}));
        const at = (await asAmy.getMe()).last_picture_update;
        assert.ok(at > 0);
        assert.ok(!standard.equals(await fetchPicture(asAmy.getProfilePictureUrl(amy.id, at))));

        await asAmy.setDefaultProfileImage(amy.id);
        const {last_picture_update: reset = 0} = await asAmy.getMe();
        assert.notEqual(reset, at);
        assert.ok(standard.equals(await fetchPicture(asAmy.getProfilePictureUrl(amy.id, reset))));
    });

    it('must be pictures', async () => {
        await assert.rejects(asAmy.uploadProfileImage(amy.id, new Blob(['no picture'])), {status_code: 400});
    });

    it('of others are not for everybody to change', async () => {
        await refused(asAmy.uploadProfileImage(bob.id, new Blob([picture])), forbidden);
    });
});

describe('sessions', () => {
    it('are listed without their tokens and revoked', async () => {
        const second = await signedIn(amy.username);
        const sessions = await asAmy.getSessions(amy.id);
        assert.ok(sessions.length >= 2);
        assert.ok(sessions.every((session) => session.user_id === amy.id && session.token === ''));

        const [newest] = sessions.sort((a, b) => b.create_at - a.create_at);
        await asAmy.revokeSession(amy.id, newest.id);
        await refused(second.getMe(), expired);
        await asAmy.getMe();
    });

    it('of others are not for everybody to see', async () => {
        await refused(asAmy.getSessions(bob.id), forbidden);
    });

    it('of one account are revoked together', async () => {
        const [one, two] = [await signedIn(bob.username), await signedIn(bob.username)];
        await admin.revokeAllSessionsForUser(bob.id);
        await refused(one.getMe(), expired);
        await refused(two.getMe(), expired);
    });
});

describe('the server', () => {
    it('answers a ping', async () => {
        assert.equal((await newClient().ping(false)).status, 'OK');
        assert.equal((await newClient().ping(true)).status, 'OK');
    });

    it('tells clients their settings and licence', async () => {
        const before = await newClient().getClientConfig();
        const signed = await asAmy.getClientConfig();
        assert.ok(before.Version && signed.Version);
        assert.ok(Object.keys(signed).length > Object.keys(before).length);
        assert.equal((await newClient().getClientLicenseOld()).IsLicensed, 'true');
    });

    it('shows and changes its settings', async () => {
        const config = await admin.getConfig();
        const siteName = `Site ${tag}`;
        try {
            assert.equal((await admin.patchConfig({TeamSettings: {SiteName: siteName}})).TeamSettings.SiteName, siteName);
            assert.equal((await newClient().getClientConfig()).SiteName, siteName);
        } finally {
            assert.equal((await admin.updateConfig(config)).TeamSettings.SiteName, config.TeamSettings.SiteName);
        }
        assert.deepEqual(await admin.getConfig(), config);
        await admin.reloadConfig();
        assert.equal(typeof await admin.getEnvironmentConfig(), 'object');
    });

    it('keeps its settings from ordinary accounts', async () => {
        await refused(asAmy.getConfig(), forbidden);
        await refused(asAmy.patchConfig({TeamSettings: {SiteName: 'Mine'}}), forbidden);
    });

    it('tells its limits', async () => {
        const {data} = await admin.getServerLimits();
        assert.ok(data.activeUserCount >= 3);
    });
});

describe('roles', () => {
    it('are found by id, name and names', async () => {
        const role = await asAmy.getRoleByName('system_user');
        assert.ok(role.permissions.length > 0);
        assert.deepEqual(await asAmy.getRole(role.id), role);
        const roles = await asAmy.getRolesByNames(['system_user', 'system_admin', `${tag}_role`]);
        assert.deepEqual(roles.map(({name}) => name).sort(), ['system_admin', 'system_user']);
        await assert.rejects(asAmy.getRoleByName(`${tag}_role`), {status_code: 404});
    });

    it('are edited by an administrator only', async () => {
        const role = await admin.getRoleByName('system_user');
        const [gone, ...rest] = role.permissions;
        await refused(asAmy.patchRole(role.id, {permissions: rest}), forbidden);
        try {
            const fewer = await admin.patchRole(role.id, {permissions: rest});
            assert.ok(!fewer.permissions.includes(gone));
        } finally {
            await admin.patchRole(role.id, {permissions: role.permissions});
        }
        assert.deepEqual((await admin.getRole(role.id)).permissions.sort(), role.permissions.sort());
    });
});

describe('what people set for themselves', () => {
    it('is whether they are there', async () => {
        assert.equal((await asAmy.updateStatus({user_id: amy.id, status: 'dnd'})).status, 'dnd');
        assert.equal((await asAmy.getStatus(amy.id)).status, 'dnd');
        const statuses = await asAmy.getStatusesByIds([amy.id, bob.id]);
        assert.equal(statuses.find((status) => status.user_id === amy.id).status, 'dnd');
        await assert.rejects(asAmy.updateStatus({user_id: bob.id, status: 'away'}), {status_code: 403});
    });

    it('is their preferences', async () => {
        const wish = {user_id: amy.id, category: 'display_settings', name: 'use_military_time', value: 'true'};
        await asAmy.savePreferences(amy.id, [wish]);
        const found = (all) => all.filter(({category, name}) => category === wish.category && name === wish.name);
        assert.deepEqual(found(await asAmy.getMyPreferences()), [wish]);
        assert.deepEqual(found(await asAmy.getUserPreferences(amy.id)), [wish]);
        await asAmy.deletePreferences(amy.id, [wish]);
        assert.deepEqual(found(await asAmy.getMyPreferences()), []);
        await assert.rejects(asAmy.savePreferences(bob.id, [{...wish, user_id: bob.id}]), {status_code: 403});
    });
});

after(async () => {
    // The last deed, because nobody is signed in afterwards.
    await refused(asAmy.revokeSessionsForAllUsers(), forbidden);
    await admin.revokeSessionsForAllUsers();
    await refused(asAmy.getMe(), expired);
    await refused(admin.getMe(), expired);
});

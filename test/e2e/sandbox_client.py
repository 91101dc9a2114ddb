"""boto3 against the sandbox, from the service models and AWS's documentation: wire, IAM, STS, decisions. Run by sandbox-client.test.ts, or
by hand: xacct sandbox -- python3 test/e2e/sandbox_client.py"""
import datetime
import json
import unittest
import urllib.error
import urllib.request

from sandbox_case import SOURCE, TARGET, ENDPOINT, Case, allow, client, control, document, trust, with_keys


class Wire(Case):
    def post(self, body, headers=None, method='POST'):
        request = urllib.request.Request(f'{ENDPOINT}/', body.encode(), headers or {}, method=method)
        try:
            answer = urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, answer.headers, answer.read().decode()

    def test_nobody(self):
        status, headers, text = self.post('Action=GetCallerIdentity&Version=2011-06-15')
        self.assertEqual(status, 403)
        self.assertIn('<Code>MissingAuthenticationToken</Code>', text)
        self.assertIn('<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">', text)
        self.assertEqual(headers['content-type'].split(';')[0], 'text/xml')

    def test_unknown_action(self):
        status, _, text = self.post('Action=MakeCoffee&Version=2010-05-08')
        self.assertEqual(status, 400)
        self.assertIn('<Code>InvalidAction</Code>', text)
        self.assertIn('Could not find operation MakeCoffee for version 2010-05-08', text)

    def test_foreign_keys(self):
        self.refused('InvalidClientTokenId', 403, client('sts', aws_access_key_id='AKIAIOSFODNN7EXAMPLE', aws_secret_access_key='x').get_caller_identity)

    def test_organization(self):
        self.refused('AWSOrganizationsNotInUseException', 400, client('organizations').describe_organization)
        key = self.user()
        self.refused('AccessDeniedException', 403, with_keys('organizations', key).describe_organization, 'organizations:DescribeOrganization')
        wrong = {**key, 'SecretAccessKey': 'x' * 40}
        self.refused('InvalidSignatureException', 403, with_keys('organizations', wrong).describe_organization)
        control('seed', {'organization': {'Id': 'o-abcdefghij', 'ManagementAccountId': SOURCE, 'accounts': {TARGET: {}}}})
        found = client('organizations').describe_organization()['Organization']
        self.assertEqual([found['Id'], found['MasterAccountId']], ['o-abcdefghij', SOURCE])
        self.assertEqual(found['MasterAccountArn'], f'arn:aws:organizations::{SOURCE}:account/o-abcdefghij/{SOURCE}')

    def test_wrong_secret(self):
        key = self.user()
        wrong = {**key, 'SecretAccessKey': 'x' * 40}
        self.refused('SignatureDoesNotMatch', 403, with_keys('sts', wrong).get_caller_identity, 'The request signature we calculated')

    def test_forged_token(self):
        self.role()
        credentials = self.assume()['Credentials']
        forged = {**credentials, 'SessionToken': credentials['SessionToken'][:-4] + 'AAAA'}
        self.refused('InvalidClientTokenId', 403, with_keys('sts', forged).get_caller_identity)
        self.refused('InvalidClientTokenId', 403, with_keys('sts', {**credentials, 'SessionToken': None}).get_caller_identity)

    def test_inactive_and_deleted_keys(self):
        key = self.user()
        self.source_iam.update_access_key(UserName='bob', AccessKeyId=key['AccessKeyId'], Status='Inactive')
        self.refused('InvalidClientTokenId', 403, with_keys('sts', key).get_caller_identity)
        self.source_iam.update_access_key(UserName='bob', AccessKeyId=key['AccessKeyId'], Status='Active')
        self.assertEqual(with_keys('sts', key).get_caller_identity()['Account'], SOURCE)
        self.source_iam.delete_access_key(UserName='bob', AccessKeyId=key['AccessKeyId'])
        self.refused('InvalidClientTokenId', 403, with_keys('sts', key).get_caller_identity)

    def test_expired_session(self):
        self.role()
        inside = with_keys('sts', self.assume(DurationSeconds=900)['Credentials'])
        self.assertEqual(inside.get_caller_identity()['Account'], TARGET)
        control('clock', {'advanceMs': 901_000})
        self.refused('ExpiredToken', 403, inside.get_caller_identity, 'The security token included in the request is expired')

    def test_presigned_identity(self):
        url = client('sts').generate_presigned_url('get_caller_identity', HttpMethod='GET')
        text = urllib.request.urlopen(url).read().decode()
        self.assertIn(f'<Arn>arn:aws:iam::{TARGET}:user/admin</Arn>', text)

    def test_throttle_and_server_error(self):
        control('faults', {'rules': [{'kind': 'throttle'}, {'kind': 'server-error', 'action': 'iam:ListRoles'}]})
        self.refused('Throttling', 400, self.sts.get_caller_identity, 'Rate exceeded')
        self.refused('InternalFailure', 500, self.iam.list_roles)
        self.assertEqual(len(self.iam.list_roles()['Roles']), 0)

    def test_clock_skew(self):
        control('faults', {'clockSkewMs': 20 * 60_000})
        self.refused('SignatureDoesNotMatch', 403, self.sts.get_caller_identity, 'Signature expired')
        control('faults', {'clockSkewMs': -20 * 60_000})
        self.refused('SignatureDoesNotMatch', 403, self.sts.get_caller_identity, 'Signature not yet current')


class Roles(Case):
    def test_create(self):
        role = self.role('r1', Path='/a/b/', Description='d', MaxSessionDuration=7200, Tags=[{'Key': 'k', 'Value': ''}])
        self.assertEqual(role['Arn'], f'arn:aws:iam::{TARGET}:role/a/b/r1')
        self.assertRegex(role['RoleId'], r'^AROA[A-Z0-9]{17}$')
        self.assertEqual((role['Path'], role['MaxSessionDuration'], role['Tags']), ('/a/b/', 7200, [{'Key': 'k', 'Value': ''}]))
        self.assertEqual(role['AssumeRolePolicyDocument']['Statement'][0]['Principal'], {'AWS': f'arn:aws:iam::{SOURCE}:root'})
        got = self.iam.get_role(RoleName='r1')['Role']
        self.assertEqual((got['Description'], got['RoleLastUsed']), ('d', {}))
        self.assertNotIn('Tags', self.iam.list_roles()['Roles'][0])

    def test_names(self):
        self.role('Name')
        self.refused('EntityAlreadyExists', 409, self.role, 'Role with name nAME already exists.', name='nAME')
        self.refused('NoSuchEntity', 404, self.iam.get_role, 'The role with name name cannot be found.', RoleName='name')
        self.refused('ValidationError', 400, self.role, 'length less than or equal to 64', name='x' * 65)
        self.refused('ValidationError', 400, self.role, 'The specified value for roleName is invalid.', name='a b')
        self.refused('ValidationError', 400, self.role, 'maxSessionDuration', 'greater than or equal to 3600', name='x', MaxSessionDuration=60)
        self.refused('ValidationError', 400, self.role, name='x', Path='no-slash')

    def test_trust_grammar(self):
        def bad(text, *words):
            self.refused('MalformedPolicyDocument', 400, self.role, *words, name='bad', document=text)
        bad('{')
        bad(document({'Effect': 'Allow', 'Principal': '*', 'Action': 'sts:AssumeRole'}))
        bad(trust({'AWS': f'arn:aws:iam::{SOURCE}:user/nobody'}), 'Invalid principal in policy', 'user/nobody')
        bad(trust({'AWS': f'arn:aws:iam::{SOURCE}:role/*'}), 'Invalid principal')
        bad(trust({'Service': 'not a service'}), 'Invalid principal')
        bad(trust(action='s3:GetObject'), 'AssumeRole policy may only specify STS AssumeRole actions')
        bad(trust(Resource='*'), 'Has prohibited field Resource')
        bad(document({'Effect': 'Allow', 'NotPrincipal': {'AWS': SOURCE}, 'Action': 'sts:AssumeRole'}))
        bad(document({'Effect': 'Permit', 'Principal': {'AWS': SOURCE}, 'Action': 'sts:AssumeRole'}), 'effect')
        self.role('good', trust({'AWS': '*'}))

    def test_bound_principals(self):
        self.user()
        arn = f'arn:aws:iam::{SOURCE}:user/bob'
        self.role('r', trust({'AWS': arn}))
        shown = lambda: self.iam.get_role(RoleName='r')['Role']['AssumeRolePolicyDocument']['Statement'][0]['Principal']['AWS']
        self.assertEqual(shown(), arn)
        unique = self.source_iam.get_user(UserName='bob')['User']['UserId']
        for key in self.source_iam.list_access_keys(UserName='bob')['AccessKeyMetadata']:
            self.source_iam.delete_access_key(UserName='bob', AccessKeyId=key['AccessKeyId'])
        self.source_iam.delete_user(UserName='bob')
        self.assertEqual(shown(), unique)
        key = self.user(policy=allow('sts:AssumeRole'))
        self.assertEqual(shown(), unique)
        self.refused('AccessDenied', 403, self.assume, name='r', caller=with_keys('sts', key))

    def test_updates(self):
        self.role('r')
        self.assertEqual(self.iam.update_role(RoleName='r', Description='new', MaxSessionDuration=43200)['ResponseMetadata']['HTTPStatusCode'], 200)
        self.assertEqual(self.iam.update_role_description(RoleName='r', Description='again')['Role']['Description'], 'again')
        self.iam.update_assume_role_policy(RoleName='r', PolicyDocument=trust({'Service': 'ec2.amazonaws.com'}))
        role = self.iam.get_role(RoleName='r')['Role']
        self.assertEqual((role['MaxSessionDuration'], role['AssumeRolePolicyDocument']['Statement'][0]['Principal']), (43200, {'Service': 'ec2.amazonaws.com'}))
        long = trust(Condition={'StringEquals': {'sts:ExternalId': ['x' * 1000, 'y' * 1100]}})
        self.refused('LimitExceeded', 409, self.iam.update_assume_role_policy, 'ACLSizePerRole: 2048', RoleName='r', PolicyDocument=long)

    def test_delete_conflicts(self):
        self.role('r')
        self.iam.attach_role_policy(RoleName='r', PolicyArn='arn:aws:iam::aws:policy/ReadOnlyAccess')
        self.refused('DeleteConflict', 409, self.iam.delete_role, 'must detach all policies first', RoleName='r')
        self.iam.detach_role_policy(RoleName='r', PolicyArn='arn:aws:iam::aws:policy/ReadOnlyAccess')
        self.iam.put_role_policy(RoleName='r', PolicyName='p', PolicyDocument=allow('s3:*'))
        self.refused('DeleteConflict', 409, self.iam.delete_role, 'must delete policies first', RoleName='r')
        self.iam.delete_role_policy(RoleName='r', PolicyName='p')
        self.iam.create_instance_profile(InstanceProfileName='ip')
        self.iam.add_role_to_instance_profile(InstanceProfileName='ip', RoleName='r')
        self.refused('DeleteConflict', 409, self.iam.delete_role, 'must remove roles from instance profile first', RoleName='r')
        self.refused('DeleteConflict', 409, self.iam.delete_instance_profile, InstanceProfileName='ip')
        self.iam.remove_role_from_instance_profile(InstanceProfileName='ip', RoleName='r')
        self.iam.delete_role(RoleName='r')
        self.refused('NoSuchEntity', 404, self.iam.delete_role, RoleName='r')

    def test_tags(self):
        self.role('r', Tags=[{'Key': 'Team', 'Value': 'a'}])
        self.iam.tag_role(RoleName='r', Tags=[{'Key': 'team', 'Value': 'b'}, {'Key': 'x', 'Value': '1'}])
        self.assertEqual({t['Key']: t['Value'] for t in self.iam.list_role_tags(RoleName='r')['Tags']}, {'team': 'b', 'x': '1'})
        self.iam.untag_role(RoleName='r', TagKeys=['TEAM', 'absent'])
        self.assertEqual(self.iam.list_role_tags(RoleName='r')['Tags'], [{'Key': 'x', 'Value': '1'}])
        self.refused('InvalidInput', 400, self.iam.tag_role, 'Duplicate tag keys', RoleName='r', Tags=[{'Key': 'a', 'Value': ''}, {'Key': 'A', 'Value': ''}])
        self.refused('LimitExceeded', 409, self.iam.tag_role, RoleName='r', Tags=[{'Key': f'k{i}', 'Value': ''} for i in range(50)])

    def test_pages(self):
        for i in range(7):
            self.role(f'r{i}', Path='/p/' if i % 2 else '/')
        names = [r['RoleName'] for page in self.iam.get_paginator('list_roles').paginate(PaginationConfig={'PageSize': 3}) for r in page['Roles']]
        self.assertEqual(names, [f'r{i}' for i in range(7)])
        first = self.iam.list_roles(MaxItems=3)
        self.assertEqual((first['IsTruncated'], len(first['Roles'])), (True, 3))
        self.assertEqual([r['RoleName'] for r in self.iam.list_roles(PathPrefix='/p/')['Roles']], ['r1', 'r3', 'r5'])
        self.refused('ValidationError', 400, self.iam.list_roles, MaxItems=1001)

    def test_service_linked(self):
        role = self.iam.create_service_linked_role(AWSServiceName='ecs.amazonaws.com')['Role']
        self.assertEqual(role['Arn'], f'arn:aws:iam::{TARGET}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS')
        self.refused('InvalidInput', 400, self.iam.create_service_linked_role, 'has been taken', AWSServiceName='ecs.amazonaws.com')
        self.refused('UnmodifiableEntity', 400, self.iam.delete_role, RoleName='AWSServiceRoleForECS')
        self.refused('UnmodifiableEntity', 400, self.iam.put_role_policy, RoleName='AWSServiceRoleForECS', PolicyName='p', PolicyDocument=allow('s3:*'))
        task = self.iam.delete_service_linked_role(RoleName='AWSServiceRoleForECS')['DeletionTaskId']
        self.assertEqual(self.iam.get_service_linked_role_deletion_status(DeletionTaskId=task)['Status'], 'SUCCEEDED')
        self.refused('NoSuchEntity', 404, self.iam.get_role, RoleName='AWSServiceRoleForECS')


class Policies(Case):
    ARN = f'arn:aws:iam::{TARGET}:policy/p'

    def test_life(self):
        made = self.iam.create_policy(PolicyName='p', PolicyDocument=allow('s3:GetObject'), Description='d', Tags=[{'Key': 'k', 'Value': 'v'}])['Policy']
        self.assertEqual((made['Arn'], made['DefaultVersionId'], made['AttachmentCount']), (self.ARN, 'v1', 0))
        self.assertRegex(made['PolicyId'], r'^ANPA[A-Z0-9]{17}$')
        self.refused('EntityAlreadyExists', 409, self.iam.create_policy, 'A policy called P already exists', PolicyName='P', PolicyDocument=allow('s3:*'))
        for i in range(2, 6):
            version = self.iam.create_policy_version(PolicyArn=self.ARN, PolicyDocument=allow(f's3:Get{i}'), SetAsDefault=i == 3)['PolicyVersion']
            self.assertEqual((version['VersionId'], version['IsDefaultVersion']), (f'v{i}', i == 3))
        self.refused('LimitExceeded', 409, self.iam.create_policy_version, 'up to 5 versions', PolicyArn=self.ARN, PolicyDocument=allow('s3:*'))
        self.assertEqual([v['VersionId'] for v in self.iam.list_policy_versions(PolicyArn=self.ARN)['Versions']], ['v5', 'v4', 'v3', 'v2', 'v1'])
        self.assertEqual(self.iam.get_policy_version(PolicyArn=self.ARN, VersionId='v2')['PolicyVersion']['Document']['Statement'][0]['Action'], 's3:Get2')
        self.refused('DeleteConflict', 409, self.iam.delete_policy_version, 'default version', PolicyArn=self.ARN, VersionId='v3')
        self.refused('DeleteConflict', 409, self.iam.delete_policy, 'more than one version', PolicyArn=self.ARN)
        self.iam.set_default_policy_version(PolicyArn=self.ARN, VersionId='v5')
        for i in (1, 2, 3, 4):
            self.iam.delete_policy_version(PolicyArn=self.ARN, VersionId=f'v{i}')
        self.assertEqual(self.iam.create_policy_version(PolicyArn=self.ARN, PolicyDocument=allow('s3:*'))['PolicyVersion']['VersionId'], 'v6')
        self.iam.delete_policy_version(PolicyArn=self.ARN, VersionId='v6')
        self.iam.delete_policy(PolicyArn=self.ARN)
        self.refused('NoSuchEntity', 404, self.iam.get_policy, self.ARN, PolicyArn=self.ARN)

    def test_grammar(self):
        def bad(text):
            self.refused('MalformedPolicyDocument', 400, self.iam.create_policy, PolicyName='bad', PolicyDocument=text)
        bad('nonsense')
        bad(document({'Effect': 'Allow', 'Action': 's3:*'}))
        bad(document({'Effect': 'Allow', 'Resource': '*'}))
        bad(document({'Effect': 'Allow', 'Action': 's3', 'Resource': '*'}))
        bad(document({'Effect': 'Allow', 'Action': 's3:*', 'Resource': 'bucket'}))
        bad(document({'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*', 'Principal': '*'}))
        bad(document({'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*', 'Condition': {'Nope': {'a:b': 'c'}}}))
        self.refused('LimitExceeded', 409, self.iam.create_policy, 'PolicySize: 6144', PolicyName='big', PolicyDocument=allow(['s3:' + 'x' * 100 + str(i) for i in range(70)]))

    def test_attachments(self):
        self.role('r')
        self.iam.create_group(GroupName='g')
        self.iam.create_policy(PolicyName='p', PolicyDocument=allow('s3:GetObject'))
        self.iam.attach_role_policy(RoleName='r', PolicyArn=self.ARN)
        self.iam.attach_role_policy(RoleName='r', PolicyArn=self.ARN)
        self.iam.attach_group_policy(GroupName='g', PolicyArn=self.ARN)
        self.iam.attach_user_policy(UserName='admin', PolicyArn=self.ARN)
        self.assertEqual(self.iam.get_policy(PolicyArn=self.ARN)['Policy']['AttachmentCount'], 3)
        entities = self.iam.list_entities_for_policy(PolicyArn=self.ARN)
        self.assertEqual([entities['PolicyRoles'][0]['RoleName'], entities['PolicyGroups'][0]['GroupName'], entities['PolicyUsers'][0]['UserName']], ['r', 'g', 'admin'])
        self.assertEqual(self.iam.list_attached_role_policies(RoleName='r')['AttachedPolicies'], [{'PolicyName': 'p', 'PolicyArn': self.ARN}])
        self.assertEqual(self.iam.list_attached_group_policies(GroupName='g')['AttachedPolicies'][0]['PolicyName'], 'p')
        self.refused('DeleteConflict', 409, self.iam.delete_policy, 'attached', PolicyArn=self.ARN)
        self.iam.detach_role_policy(RoleName='r', PolicyArn=self.ARN)
        self.refused('NoSuchEntity', 404, self.iam.detach_role_policy, RoleName='r', PolicyArn=self.ARN)
        self.refused('NoSuchEntity', 404, self.iam.attach_role_policy, RoleName='r', PolicyArn=f'{self.ARN}x')

    def test_aws_managed(self):
        arn = 'arn:aws:iam::aws:policy/AdministratorAccess'
        policy = self.iam.get_policy(PolicyArn=arn)['Policy']
        text = self.iam.get_policy_version(PolicyArn=arn, VersionId=policy['DefaultVersionId'])['PolicyVersion']['Document']
        self.assertEqual(text['Statement'], [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}])
        pages = self.iam.get_paginator('list_policies').paginate(Scope='AWS')
        names = {p['PolicyName'] for page in pages for p in page['Policies']}
        self.assertGreaterEqual(len(names), 30)
        self.assertLessEqual({'ReadOnlyAccess', 'PowerUserAccess', 'AmazonS3FullAccess', 'IAMFullAccess', 'AmazonSSMManagedInstanceCore'}, names)
        self.refused('AccessDenied', 403, self.iam.delete_policy, PolicyArn=arn)

    def test_inline(self):
        self.role('r')
        self.iam.put_role_policy(RoleName='r', PolicyName='p', PolicyDocument=allow('s3:GetObject'))
        self.assertEqual(self.iam.list_role_policies(RoleName='r')['PolicyNames'], ['p'])
        self.assertEqual(self.iam.get_role_policy(RoleName='r', PolicyName='p')['PolicyDocument']['Statement'][0]['Action'], 's3:GetObject')
        self.refused('NoSuchEntity', 404, self.iam.get_role_policy, 'The role policy with name q cannot be found.', RoleName='r', PolicyName='q')
        big = allow(['s3:' + 'x' * 100 + str(i) for i in range(95)])
        self.refused('LimitExceeded', 409, self.iam.put_role_policy, 'Maximum policy size of 10240 bytes exceeded for role r', RoleName='r', PolicyName='q', PolicyDocument=big)


class UsersAndGroups(Case):
    def test_keys(self):
        key = self.user()
        self.assertRegex(key['AccessKeyId'], r'^AKIA[A-Z0-9]{16}$')
        self.assertEqual(len(key['SecretAccessKey']), 40)
        self.source_iam.create_access_key(UserName='bob')
        self.refused('LimitExceeded', 409, self.source_iam.create_access_key, 'AccessKeysPerUser: 2', UserName='bob')
        self.assertEqual(len(self.source_iam.list_access_keys(UserName='bob')['AccessKeyMetadata']), 2)
        self.assertEqual(self.source_iam.get_access_key_last_used(AccessKeyId=key['AccessKeyId'])['AccessKeyLastUsed']['ServiceName'], 'N/A')
        with_keys('sts', key).get_caller_identity()
        used = self.source_iam.get_access_key_last_used(AccessKeyId=key['AccessKeyId'])
        self.assertEqual((used['UserName'], used['AccessKeyLastUsed']['ServiceName'], used['AccessKeyLastUsed']['Region']), ('bob', 'sts', 'us-east-1'))
        self.assertEqual(self.source.get_access_key_info(AccessKeyId=key['AccessKeyId'])['Account'], SOURCE)

    def test_delete_conflicts(self):
        key = self.user(policy=allow('s3:*'))
        self.refused('DeleteConflict', 409, self.source_iam.delete_user, 'must delete access keys first', UserName='bob')
        self.source_iam.delete_access_key(UserName='bob', AccessKeyId=key['AccessKeyId'])
        self.refused('DeleteConflict', 409, self.source_iam.delete_user, 'must delete policies first', UserName='bob')
        self.source_iam.delete_user_policy(UserName='bob', PolicyName='p')
        self.source_iam.create_login_profile(UserName='bob', Password='correct horse')
        self.refused('DeleteConflict', 409, self.source_iam.delete_user, 'login profile', UserName='bob')
        self.source_iam.delete_login_profile(UserName='bob')
        self.refused('NoSuchEntity', 404, self.source_iam.get_login_profile, UserName='bob')
        self.source_iam.create_group(GroupName='g')
        self.source_iam.add_user_to_group(GroupName='g', UserName='bob')
        self.refused('DeleteConflict', 409, self.source_iam.delete_user, UserName='bob')
        self.refused('DeleteConflict', 409, self.source_iam.delete_group, GroupName='g')
        self.source_iam.remove_user_from_group(GroupName='g', UserName='bob')
        self.source_iam.delete_user(UserName='bob')
        self.source_iam.delete_group(GroupName='g')

    def test_self(self):
        key = self.user(policy=allow(['iam:GetUser', 'iam:ListAccessKeys'], 'arn:aws:iam::*:user/${aws:username}'))
        iam = with_keys('iam', key)
        self.assertEqual(iam.get_user()['User']['UserName'], 'bob')
        self.assertEqual(len(iam.list_access_keys()['AccessKeyMetadata']), 1)
        self.refused('AccessDenied', 403, iam.get_user, 'iam:GetUser', 'user/admin', UserName='admin')

    def test_groups(self):
        group = self.source_iam.create_group(GroupName='g', Path='/x/')['Group']
        self.assertEqual(group['Arn'], f'arn:aws:iam::{SOURCE}:group/x/g')
        self.assertRegex(group['GroupId'], r'^AGPA[A-Z0-9]{17}$')
        self.refused('EntityAlreadyExists', 409, self.source_iam.create_group, GroupName='G')
        key = self.user()
        self.source_iam.add_user_to_group(GroupName='g', UserName='bob')
        self.assertEqual([u['UserName'] for u in self.source_iam.get_group(GroupName='g')['Users']], ['bob'])
        self.assertEqual([g['GroupName'] for g in self.source_iam.list_groups_for_user(UserName='bob')['Groups']], ['g'])
        self.source_iam.put_group_policy(GroupName='g', PolicyName='p', PolicyDocument=allow('iam:ListGroups'))
        self.assertEqual(self.source_iam.list_group_policies(GroupName='g')['PolicyNames'], ['p'])
        self.assertEqual(len(with_keys('iam', key).list_groups()['Groups']), 1)
        self.source_iam.attach_group_policy(GroupName='g', PolicyArn='arn:aws:iam::aws:policy/AWSDenyAll')
        self.refused('AccessDenied', 403, with_keys('iam', key).list_groups, 'with an explicit deny in an identity-based policy')
        self.source_iam.update_group(GroupName='g', NewGroupName='h', NewPath='/')
        self.assertEqual(self.source_iam.get_group(GroupName='h')['Group']['GroupId'], group['GroupId'])
        self.refused('NoSuchEntity', 404, self.source_iam.get_group, 'The group with name g cannot be found.', GroupName='g')
        self.refused('MalformedPolicyDocument', 400, self.role, name='r', document=trust({'AWS': f'arn:aws:iam::{SOURCE}:group/h'}))

    def test_boundary(self):
        key = self.user(policy=allow('iam:*'), PermissionsBoundary='arn:aws:iam::aws:policy/AmazonS3FullAccess')
        self.assertEqual(self.source_iam.get_user(UserName='bob')['User']['PermissionsBoundary']['PermissionsBoundaryType'], 'PermissionsBoundaryPolicy')
        self.refused('AccessDenied', 403, with_keys('iam', key).list_users, 'because no permissions boundary allows the iam:ListUsers action')
        self.source_iam.delete_user_permissions_boundary(UserName='bob')
        self.assertEqual(len(with_keys('iam', key).list_users()['Users']), 2)
        self.refused('NoSuchEntity', 404, self.source_iam.put_user_permissions_boundary, UserName='bob', PermissionsBoundary=f'arn:aws:iam::{SOURCE}:policy/none')


class AccountAndProviders(Case):
    def test_alias(self):
        self.assertEqual(self.iam.list_account_aliases()['AccountAliases'], ['target'])
        self.refused('EntityAlreadyExists', 409, self.iam.create_account_alias, AccountAlias='source')
        self.iam.create_account_alias(AccountAlias='prod')
        self.assertEqual(self.iam.list_account_aliases()['AccountAliases'], ['prod'])

    def test_summary(self):
        before = self.iam.get_account_summary()['SummaryMap']
        self.role('r')
        self.iam.create_group(GroupName='g')
        after = self.iam.get_account_summary()['SummaryMap']
        self.assertEqual({k: after[k] - before[k] for k in after if after[k] != before[k]}, {'Roles': 1, 'Groups': 1})
        self.assertEqual((after['AssumeRolePolicySizeQuota'], after['PolicySizeQuota'], after['VersionsPerPolicyQuota']), (2048, 6144, 5))

    def test_authorization_details(self):
        self.role('r')
        self.iam.put_role_policy(RoleName='r', PolicyName='p', PolicyDocument=allow('s3:GetObject'))
        self.iam.create_policy(PolicyName='own', PolicyDocument=allow('s3:*'))
        details = self.iam.get_account_authorization_details()
        self.assertEqual(details['RoleDetailList'][0]['RolePolicyList'][0]['PolicyDocument']['Statement'][0]['Action'], 's3:GetObject')
        self.assertEqual([u['UserName'] for u in details['UserDetailList']], ['admin'])
        self.assertEqual({p['PolicyName'] for p in details['Policies']}, {'own', 'AdministratorAccess'})
        only = self.iam.get_account_authorization_details(Filter=['LocalManagedPolicy'])
        self.assertEqual((len(only['Policies']), only['RoleDetailList']), (1, []))

    def test_oidc(self):
        arn = self.iam.create_open_id_connect_provider(Url='https://example.com/path', ClientIDList=['a'], ThumbprintList=['a' * 40], Tags=[{'Key': 'k', 'Value': 'v'}])['OpenIDConnectProviderArn']
        self.assertEqual(arn, f'arn:aws:iam::{TARGET}:oidc-provider/example.com/path')
        self.refused('EntityAlreadyExists', 409, self.iam.create_open_id_connect_provider, Url='https://example.com/path')
        self.refused('ValidationError', 400, self.iam.create_open_id_connect_provider, Url='http://example.com')
        self.refused('ValidationError', 400, self.iam.create_open_id_connect_provider, Url='https://other.com', ThumbprintList=['x'])
        self.iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID='b')
        self.iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID='a')
        self.iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=['b' * 40])
        got = self.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        self.assertEqual((got['Url'], got['ClientIDList'], got['ThumbprintList'], got['Tags']), ('example.com/path', ['b'], ['b' * 40], [{'Key': 'k', 'Value': 'v'}]))
        self.iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=['k'])
        self.assertEqual(self.iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=arn)['Tags'], [])
        self.assertEqual(self.iam.list_open_id_connect_providers()['OpenIDConnectProviderList'], [{'Arn': arn}])
        self.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        self.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        self.refused('NoSuchEntity', 404, self.iam.get_open_id_connect_provider, OpenIDConnectProviderArn=arn)

    def test_instance_profiles(self):
        profile = self.iam.create_instance_profile(InstanceProfileName='ip', Tags=[{'Key': 'a', 'Value': 'b'}])['InstanceProfile']
        self.assertRegex(profile['InstanceProfileId'], r'^AIPA[A-Z0-9]{17}$')
        self.role('r')
        self.iam.add_role_to_instance_profile(InstanceProfileName='ip', RoleName='r')
        self.refused('LimitExceeded', 409, self.iam.add_role_to_instance_profile, InstanceProfileName='ip', RoleName='r')
        self.assertEqual(self.iam.get_instance_profile(InstanceProfileName='ip')['InstanceProfile']['Roles'][0]['RoleName'], 'r')
        self.assertEqual(len(self.iam.list_instance_profiles_for_role(RoleName='r')['InstanceProfiles']), 1)
        self.iam.tag_instance_profile(InstanceProfileName='ip', Tags=[{'Key': 'A', 'Value': 'c'}])
        self.assertEqual(len(self.iam.list_instance_profile_tags(InstanceProfileName='ip')['Tags']), 2)

    def test_simulation(self):
        def decisions(**more):
            answer = self.iam.simulate_custom_policy(ActionNames=['s3:GetObject', 's3:PutObject', 'ec2:RunInstances'], **more)
            return [r['EvalDecision'] for r in answer['EvaluationResults']]
        policy = document({'Effect': 'Allow', 'Action': 's3:*', 'Resource': 'arn:aws:s3:::b/*'}, {'Effect': 'Deny', 'Action': 's3:Put*', 'Resource': '*'})
        self.assertEqual(decisions(PolicyInputList=[policy], ResourceArns=['arn:aws:s3:::b/k']), ['allowed', 'explicitDeny', 'implicitDeny'])
        self.assertEqual(decisions(PolicyInputList=[policy], ResourceArns=['arn:aws:s3:::other/k'])[0], 'implicitDeny')
        self.assertEqual(decisions(PolicyInputList=[allow('*')], PermissionsBoundaryPolicyInputList=[allow('s3:GetObject')]), ['allowed', 'implicitDeny', 'implicitDeny'])
        condition = allow('s3:GetObject', Condition={'StringEquals': {'aws:RequestTag/a': 'b'}})
        self.assertEqual(decisions(PolicyInputList=[condition])[0], 'implicitDeny')
        entry = {'ContextKeyName': 'aws:RequestTag/a', 'ContextKeyValues': ['b'], 'ContextKeyType': 'string'}
        self.assertEqual(decisions(PolicyInputList=[condition], ContextEntries=[entry])[0], 'allowed')
        self.assertEqual(self.iam.get_context_keys_for_custom_policy(PolicyInputList=[condition])['ContextKeyNames'], ['aws:RequestTag/a'])
        self.refused('NoSuchEntity', 404, self.iam.simulate_principal_policy, PolicySourceArn=f'arn:aws:iam::{TARGET}:user/none', ActionNames=['s3:GetObject'])


class AssumeRole(Case):
    def test_answer(self):
        self.role()
        answer = self.assume(DurationSeconds=900)
        self.assertEqual(answer['AssumedRoleUser']['Arn'], f'arn:aws:sts::{TARGET}:assumed-role/role/sess')
        self.assertRegex(answer['AssumedRoleUser']['AssumedRoleId'], r'^AROA[A-Z0-9]{17}:sess$')
        self.assertRegex(answer['Credentials']['AccessKeyId'], r'^ASIA[A-Z0-9]{16}$')
        left = answer['Credentials']['Expiration'] - datetime.datetime.now(datetime.timezone.utc)
        self.assertAlmostEqual(left.total_seconds(), 900, delta=5)
        self.assertNotIn('PackedPolicySize', answer)
        me = with_keys('sts', answer['Credentials']).get_caller_identity()
        self.assertEqual((me['Arn'], me['UserId'], me['Account']), (answer['AssumedRoleUser']['Arn'], answer['AssumedRoleUser']['AssumedRoleId'], TARGET))
        self.assertEqual(self.iam.get_role(RoleName='role')['Role']['RoleLastUsed']['Region'], 'us-east-1')

    def test_hidden(self):
        message = self.refused('AccessDenied', 403, self.assume, f'User: arn:aws:iam::{SOURCE}:user/admin is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::{TARGET}:role/none', name='none')['Message']
        self.assertNotIn('NoSuchEntity', message)
        self.refused('ValidationError', 400, self.source.assume_role, RoleArn=f'arn:aws:iam::{TARGET}:user/admin', RoleSessionName='sess')

    def test_both_sides(self):
        self.role()
        nobody = with_keys('sts', self.user())
        self.refused('AccessDenied', 403, self.assume, 'because no identity-based policy allows the sts:AssumeRole action', caller=nobody)
        self.source_iam.put_user_policy(UserName='bob', PolicyName='p', PolicyDocument=allow('sts:AssumeRole', f'arn:aws:iam::{TARGET}:role/role'))
        self.assertIn('Credentials', self.assume(caller=nobody))
        self.iam.update_assume_role_policy(RoleName='role', PolicyDocument=trust({'AWS': TARGET}))
        self.refused('AccessDenied', 403, self.assume, caller=nobody)

    def test_external_id(self):
        self.role(document=trust(Condition={'StringEquals': {'sts:ExternalId': 'Secret:1'}}))
        self.refused('AccessDenied', 403, self.assume)
        self.refused('AccessDenied', 403, self.assume, ExternalId='secret:1')
        self.assertIn('Credentials', self.assume(ExternalId='Secret:1'))
        self.refused('ValidationError', 400, self.assume, 'externalId', 'regular expression', ExternalId='a b')
        self.refused('ValidationError', 400, self.assume, 'externalId', 'greater than or equal to 2', ExternalId='a')

    def test_durations(self):
        self.role(MaxSessionDuration=7200)
        self.assertIn('Credentials', self.assume(DurationSeconds=7200))
        self.refused('ValidationError', 400, self.assume, 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.', DurationSeconds=7201)
        self.refused('ValidationError', 400, self.assume, 'durationSeconds', 'less than or equal to 43200', DurationSeconds=99999)
        self.refused('ValidationError', 400, self.assume, 'greater than or equal to 900', DurationSeconds=899)

    def test_chaining(self):
        self.role('one')
        self.iam.put_role_policy(RoleName='one', PolicyName='p', PolicyDocument=allow('sts:*'))
        self.role('two', trust({'AWS': f'arn:aws:iam::{TARGET}:role/one'}), MaxSessionDuration=7200)
        first = with_keys('sts', self.assume('one')['Credentials'])
        self.assertIn('Credentials', self.assume('two', caller=first))
        self.refused('ValidationError', 400, self.assume, '1 hour session limit for roles assumed by role chaining', name='two', caller=first, DurationSeconds=3601)
        self.refused('AccessDenied', 403, self.assume, name='two')
        self.refused('AccessDenied', 403, self.assume, name='one', caller=first)

    def test_session_tags(self):
        self.role(document=trust(action=['sts:AssumeRole']))
        tags = [{'Key': 'team', 'Value': 'a'}]
        self.refused('AccessDenied', 403, self.assume, 'sts:TagSession', Tags=tags)
        self.iam.update_assume_role_policy(RoleName='role', PolicyDocument=trust(action=['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']))
        self.assertIn('PackedPolicySize', self.assume(Tags=tags))
        self.refused('InvalidParameterValue', 400, self.assume, 'Duplicate tag keys', Tags=[{'Key': 'a', 'Value': ''}, {'Key': 'A', 'Value': ''}])
        self.refused('InvalidParameterValue', 400, self.assume, TransitiveTagKeys=['absent'])
        self.refused('InvalidParameterValue', 400, self.assume, Tags=[{'Key': 'aws:x', 'Value': ''}])
        self.assertEqual(self.assume(SourceIdentity='alice')['SourceIdentity'], 'alice')
        self.iam.put_role_policy(RoleName='role', PolicyName='p', PolicyDocument=allow('iam:ListRoles', Condition={'StringEquals': {'aws:PrincipalTag/team': 'a'}}))
        self.assertEqual(len(with_keys('iam', self.assume(Tags=tags)['Credentials']).list_roles()['Roles']), 1)
        self.refused('AccessDenied', 403, with_keys('iam', self.assume()['Credentials']).list_roles)

    def test_transitive_tags(self):
        all_of = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']
        self.role('one', trust(action=all_of))
        self.iam.put_role_policy(RoleName='one', PolicyName='p', PolicyDocument=allow('sts:*'))
        wants = {'StringEquals': {'aws:PrincipalTag/team': 'a'}}
        self.role('two', trust({'AWS': f'arn:aws:iam::{TARGET}:role/one'}, all_of, Condition=wants))
        tags = [{'Key': 'team', 'Value': 'a'}]
        first = with_keys('sts', self.assume('one', Tags=tags, TransitiveTagKeys=['team'], SourceIdentity='alice')['Credentials'])
        second = self.assume('two', caller=first)
        self.assertEqual(second['SourceIdentity'], 'alice')
        self.refused('InvalidParameterValue', 400, self.assume, 'transitive', name='two', caller=first, Tags=[{'Key': 'TEAM', 'Value': 'b'}])
        self.refused('AccessDenied', 403, self.assume, name='two', caller=first, SourceIdentity='mallory')

    def test_session_policy(self):
        self.role()
        self.iam.put_role_policy(RoleName='role', PolicyName='p', PolicyDocument=allow('iam:*'))
        inside = with_keys('iam', self.assume(Policy=allow('iam:ListRoles'))['Credentials'])
        self.assertEqual(len(inside.list_roles()['Roles']), 1)
        self.refused('AccessDenied', 403, inside.list_users, 'because no session policy allows the iam:ListUsers action')
        managed = with_keys('iam', self.assume(PolicyArns=[{'arn': 'arn:aws:iam::aws:policy/IAMReadOnlyAccess'}])['Credentials'])
        self.assertEqual(len(managed.list_users()['Users']), 1)
        self.refused('AccessDenied', 403, managed.create_user, UserName='x')
        self.refused('MalformedPolicyDocument', 400, self.assume, Policy='{')
        self.refused('PackedPolicyTooLarge', 400, self.assume, '% of allotted space', Policy=allow(['s3:' + 'x' * 100 + str(i) for i in range(30)]))

    def test_live_policies(self):
        self.role()
        inside = with_keys('iam', self.assume()['Credentials'])
        self.refused('AccessDenied', 403, inside.list_roles, f'assumed-role/role/sess is not authorized to perform: iam:ListRoles')
        self.iam.put_role_policy(RoleName='role', PolicyName='p', PolicyDocument=allow('iam:ListRoles'))
        self.assertEqual(len(inside.list_roles()['Roles']), 1)
        self.iam.delete_role_policy(RoleName='role', PolicyName='p')
        self.iam.delete_role(RoleName='role')
        self.refused('InvalidClientTokenId', 403, inside.list_roles)

    def test_deny_wins(self):
        self.role(document=document(
            {'Effect': 'Allow', 'Principal': {'AWS': SOURCE}, 'Action': 'sts:AssumeRole'},
            {'Effect': 'Deny', 'Principal': {'AWS': '*'}, 'Action': 'sts:AssumeRole', 'Condition': {'StringNotEquals': {'sts:RoleSessionName': 'sess'}}}))
        self.assertIn('Credentials', self.assume())
        self.refused('AccessDenied', 403, self.source.assume_role, 'with an explicit deny in the role trust policy', RoleArn=f'arn:aws:iam::{TARGET}:role/role', RoleSessionName='other')

    def test_same_account(self):
        key = self.user()
        self.source_iam.create_role(RoleName='here', AssumeRolePolicyDocument=trust({'AWS': f'arn:aws:iam::{SOURCE}:user/bob'}))
        arn = f'arn:aws:iam::{SOURCE}:role/here'
        self.assertIn('Credentials', with_keys('sts', key).assume_role(RoleArn=arn, RoleSessionName='sess'))
        self.source_iam.update_assume_role_policy(RoleName='here', PolicyDocument=trust({'AWS': SOURCE}))
        self.refused('AccessDenied', 403, with_keys('sts', key).assume_role, 'because no identity-based policy', RoleArn=arn, RoleSessionName='sess')


class OtherSts(Case):
    def test_session_token(self):
        answer = self.source.get_session_token(DurationSeconds=900)
        inside = with_keys('sts', answer['Credentials'])
        self.assertEqual(inside.get_caller_identity()['Arn'], f'arn:aws:iam::{SOURCE}:user/admin')
        self.refused('InvalidClientTokenId', 403, with_keys('iam', answer['Credentials']).list_users)
        self.refused('AccessDenied', 403, inside.get_session_token)
        self.refused('ValidationError', 400, self.source.get_session_token, DurationSeconds=10)

    def test_identity_under_deny(self):
        key = self.user(policy=document({'Effect': 'Deny', 'Action': '*', 'Resource': '*'}))
        self.assertEqual(with_keys('sts', key).get_caller_identity()['Account'], SOURCE)

    def test_web_identity(self):
        issuer = 'https://token.actions.githubusercontent.com'
        subject = 'repo:acme/infra:ref:refs/heads/main'
        provider = self.iam.create_open_id_connect_provider(Url=issuer, ClientIDList=['sts.amazonaws.com'])['OpenIDConnectProviderArn']
        condition = {'StringEquals': {'token.actions.githubusercontent.com:sub': subject, 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com'}}
        role = self.role('web', trust({'Federated': provider}, 'sts:AssumeRoleWithWebIdentity', Condition=condition))
        claims = {'iss': issuer, 'sub': subject, 'aud': 'sts.amazonaws.com'}

        def assume(**changed):
            token = control('token', {**claims, **changed})['token']
            return self.sts.assume_role_with_web_identity(RoleArn=role['Arn'], RoleSessionName='ci', WebIdentityToken=token)
        answer = assume()
        self.assertEqual((answer['Provider'], answer['Audience'], answer['SubjectFromWebIdentityToken']), (provider, 'sts.amazonaws.com', subject))
        self.assertEqual(with_keys('sts', answer['Credentials']).get_caller_identity()['Arn'], f'arn:aws:sts::{TARGET}:assumed-role/web/ci')
        self.refused('AccessDenied', 403, assume, 'Not authorized to perform sts:AssumeRoleWithWebIdentity', sub='repo:evil/infra:ref:refs/heads/main')
        self.refused('InvalidIdentityToken', 400, assume, 'Incorrect token audience', aud='other')
        self.refused('InvalidIdentityToken', 400, assume, 'No OpenIDConnect provider found in your account for https://example.com', iss='https://example.com')
        self.refused('ExpiredTokenException', 400, assume, exp=1_700_000_000)
        self.refused('AccessDenied', 403, self.assume, name='web')


if __name__ == '__main__':
    unittest.main()
